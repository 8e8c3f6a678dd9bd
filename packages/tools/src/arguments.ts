import { z } from 'zod'

const unknownArgument = z.custom<never>(() => false, 'there is no such argument')

/** The same object, refusing keys that it does not name, each by its own path (zod's own strictness gives none). */
export function refuseUnknown<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.catchall(unknownArgument) as unknown as Schema
}

/** The JSON Schema that models read: what may be sent, so that arguments with a default are optional. */
export function toParameters(schema: z.ZodObject): Record<string, unknown> {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema.strict(), { io: 'input' })
  return parameters
}

/**
 * A checker for parameters that came over the wire. A schema that zod cannot read (a remote `$ref`, say) checks only that
 * the arguments are an object, for the tools server checks them again.
 */
export function fromParameters(parameters: Record<string, unknown>): z.ZodType {
  let schema: z.ZodType
  try {
    schema = z.fromJSONSchema(parameters)
  } catch {
    return z.record(z.string(), z.unknown())
  }
  const strict = parameters['additionalProperties'] === false
  return strict && schema instanceof z.ZodObject ? refuseUnknown(schema) : schema
}

const mostCheckers = 500

/** The same, made at first use and kept: that takes a millisecond for each tool, and every run is given all of them. */
export function createCheckers(): (parameters: Record<string, unknown>) => z.ZodType {
  const checkers = new Map<string, z.ZodType>()
  return (parameters) => {
    const key = JSON.stringify(parameters)
    const known = checkers.get(key)
    if (known) return known
    // Users' own functions come and go: to begin anew now and then costs little.
    if (checkers.size >= mostCheckers) checkers.clear()
    const made = fromParameters(parameters)
    checkers.set(key, made)
    return made
  }
}
