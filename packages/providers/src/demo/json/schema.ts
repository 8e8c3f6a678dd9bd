/** A JSON Schema, read loosely: whatever is not understood is left out of account. */
export type Schema = Readonly<Record<string, unknown>>

/** From here down only what must be there is filled in. */
export const deepest = 4
const bottom = 40

export function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Document {
  root: Schema
  work: number
}

/** Choices and references followed, `allOf` merged: a schema that says directly what its value is. */
export function resolve(schema: unknown, document: Document, depth: number): Schema {
  if (!isObject(schema) || depth > bottom || document.work <= 0) return {}
  document.work--
  const { $ref, allOf, anyOf, oneOf, ...rest } = schema
  if (typeof $ref === 'string') {
    return resolve({ ...lookUp($ref, document.root), ...rest }, document, depth + 1)
  }
  const choices: unknown = anyOf ?? oneOf
  const parts: unknown[] = Array.isArray(allOf) ? [...allOf] : []
  if (Array.isArray(choices) && choices.length > 0) parts.push(choose(choices, depth))
  return merge([rest, ...parts.map((part) => resolve(part, document, depth + 1))])
}

/** The first choice that holds something; far down the one that holds least, so that recursion ends. */
function choose(choices: readonly unknown[], depth: number): unknown {
  const schemas = choices.filter(isObject)
  const preferred =
    depth > deepest
      ? (schemas.find(isNull) ?? schemas.find(isSimple))
      : schemas.find((schema) => !isNull(schema))
  return preferred ?? schemas[0]
}

function isNull({ type }: Schema): boolean {
  return type === 'null'
}

function isSimple(schema: Schema): boolean {
  return !('$ref' in schema) && schema['type'] !== 'object' && schema['type'] !== 'array'
}

/** `#/$defs/step`, `#/definitions/step` or `#`. */
function lookUp(reference: string, root: Schema): Schema {
  const keys = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter(Boolean)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const found = keys.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    root,
  )
  return isObject(found) ? found : {}
}

function merge(schemas: readonly Schema[]): Schema {
  return schemas.reduce((all, schema) => {
    const properties = [...propertiesOf(all), ...propertiesOf(schema)]
    const required = [...new Set([...requiredOf(all), ...requiredOf(schema)])]
    return {
      ...all,
      ...schema,
      ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
      ...(required.length > 0 && { required }),
    }
  })
}

/** Of several types the first that is not null. */
export function typeOf(schema: Schema): string | undefined {
  const { type } = schema
  const types: unknown[] = Array.isArray(type) ? type : [type]
  const first = types.find((name) => name !== 'null') ?? types[0]
  if (typeof first === 'string') return first
  if ('properties' in schema) return 'object'
  return 'items' in schema || 'prefixItems' in schema ? 'array' : undefined
}

export function allowsNull({ type, anyOf, oneOf }: Schema): boolean {
  const choices: unknown = anyOf ?? oneOf
  if (Array.isArray(choices)) return choices.some((choice) => isObject(choice) && isNull(choice))
  return Array.isArray(type) ? type.includes('null') : type === 'null'
}

export function propertiesOf({ properties }: Schema): [name: string, schema: unknown][] {
  return isObject(properties) ? Object.entries(properties) : []
}

export function requiredOf({ required }: Schema): string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}
