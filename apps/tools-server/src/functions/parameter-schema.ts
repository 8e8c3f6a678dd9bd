/** Checks a JSON Schema that a user wrote before both servers check arguments with it. */
import { AppError } from '@tandem/schemas'
import { fromParameters } from '@tandem/tools'

const maxBytes = 32 * 1024
const maxDepth = 16

/**
 * Regular expressions of strangers can take hours on forty characters, in our own processes; references may point at
 * themselves.
 */
const refused = new Map([
  ['pattern', 'check it in the code'],
  ['patternProperties', 'name the properties'],
  ['$ref', 'write the schema out in its place'],
  ['$dynamicRef', 'write the schema out in its place'],
])

/** @throws AppError `invalid_request` with the path */
export function checkParameterSchema(schema: Record<string, unknown>): Record<string, unknown> {
  if (schema['type'] !== 'object') throw bad('type', "must be 'object'")
  if (JSON.stringify(schema).length > maxBytes) throw bad('', 'is longer than 32 KiB')
  checkNode(schema, [])
  fromParameters(schema)
  return schema
}

function checkNode(node: unknown, path: readonly string[], keysAreNames = false): void {
  if (path.length > maxDepth) throw bad(path.join('.'), 'is nested too deeply')
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    const here = [...path, key]
    const remedy = keysAreNames ? undefined : refused.get(key)
    if (remedy !== undefined) throw bad(here.join('.'), `is not supported: ${remedy}`)
    if (key === '__proto__') throw bad(path.join('.'), 'has a name that is not possible')
    // Below `properties` stand the user's own names, and below each of those a schema again.
    checkNode(value, here, !keysAreNames && key === 'properties')
  }
}

function bad(path: string, why: string): AppError {
  const param = path === '' ? 'parameters' : `parameters.${path}`
  return new AppError('invalid_request', { message: `Invalid '${param}': it ${why}.`, param })
}
