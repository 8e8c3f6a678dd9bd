import { z } from 'zod'

const typeNames = {
  string: 'string',
  str: 'string',
  integer: 'integer',
  int: 'integer',
  number: 'number',
  float: 'number',
  boolean: 'boolean',
  bool: 'boolean',
  array: 'array',
  list: 'array',
  object: 'object',
  dict: 'object',
} as const

const typeNameSchema = z.enum(Object.keys(typeNames) as (keyof typeof typeNames)[])

/** One parameter in the short form. It is required unless it says otherwise or has a default. */
const functionParameterSchema = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z_]\w{0,63}$/, 'a parameter is named like a Python variable')
    .refine((name) => name !== '__proto__', 'this name is not possible'),
  type: typeNameSchema.default('string'),
  description: z.string().max(1024).optional(),
  required: z.boolean().optional(),
  enum: z.array(z.unknown()).min(1).max(100).optional(),
  default: z.unknown().optional(),
  items: z.record(z.string(), z.unknown()).optional(),
})

export const registerFunctionSchema = z.object({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9_]{0,63}$/,
      'a function is named with small letters, digits and _, at most 64, and begins with a letter',
    ),
  description: z.string().min(1).max(4096),
  /** A list in the short form, or a JSON Schema of an object. */
  parameters: z
    .union([z.array(functionParameterSchema).max(64), z.looseObject({})])
    .default(() => []),
  /** Python. */
  code: z
    .string()
    .min(1)
    .max(64 * 1024),
})
export type RegisterFunction = z.infer<typeof registerFunctionSchema>

/** The JSON Schema that the short form stands for. */
export function toParameterSchema(
  list: readonly z.infer<typeof functionParameterSchema>[],
): Record<string, unknown> {
  const properties = list.map(
    ({ name, type, description, enum: values, default: value, items }) => [
      name,
      {
        type: typeNames[type],
        ...(description !== undefined && { description }),
        ...(values && { enum: values }),
        ...(value !== undefined && { default: value }),
        ...(items && { items }),
      },
    ],
  )
  const required = list.filter(({ required, default: value }) => required ?? value === undefined)
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required: required.map(({ name }) => name) }),
    additionalProperties: false,
  }
}

/** A custom function as its owner sees it. Times in seconds. */
export const customFunctionSchema = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  code: z.string(),
  created_at: z.number().int(),
  updated_at: z.number().int(),
  /** Whether it took the place of one of the same name. */
  replaced: z.boolean().optional(),
})
export type CustomFunction = z.infer<typeof customFunctionSchema>

export const customFunctionListSchema = z.object({ functions: z.array(customFunctionSchema) })
