import type { z } from 'zod'
import { AppError } from './errors.ts'

/**
 * Checks unknown input against a schema.
 * @throws AppError `missing_parameter` or `invalid_request`, `param` being the exact path (`messages[0].role`).
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issue = deepest(parsed.error.issues)
  const param = toPath(issue.path)
  if (wrongKind.has(issue.code ?? '') && isMissing(input, issue.path)) {
    throw new AppError('missing_parameter', {
      message: `Missing required parameter: '${param}'.`,
      param,
    })
  }
  const [unknown] = issue.keys ?? []
  if (unknown !== undefined) {
    const name = toPath([...issue.path, unknown])
    throw new AppError('invalid_request', { message: `Unknown parameter: '${name}'.`, param: name })
  }
  const where = param ? `Invalid '${param}': ` : ''
  throw new AppError('invalid_request', {
    message: `${where}${describe(issue)}.`,
    param: param || undefined,
  })
}

const wrongKind = new Set(['invalid_type', 'invalid_union', 'invalid_value'])

interface Issue {
  code?: string | undefined
  message: string
  path: PropertyKey[]
  /** The kind of value that is asked for: `string`. */
  expected?: string
  /** Of a union, what is wrong by each of its branches. */
  errors?: Issue[][]
  /** That nothing is known of. */
  keys?: string[]
}

/** Of a union zod says only that the input is invalid. */
function describe({ message, errors = [] }: Issue): string {
  const kinds = errors.map((branch) => branch.find(({ path }) => path.length === 0)?.expected)
  const known = new Set(kinds.filter((kind) => kind !== undefined))
  return known.size > 0 ? `${message}: expected ${[...known].join(' or ')}` : message
}

/** Of a union's branches the one that got furthest, since that is what the caller meant. */
function deepest(issues: readonly Issue[]): Issue {
  const [first] = issues
  if (!first) return { message: 'Invalid input', path: [] }
  const branches = first.errors
    ?.filter((branch) => branch.length > 0)
    .map((branch) => deepest(branch))
  const best = branches?.toSorted((a, b) => b.path.length - a.path.length)[0]
  if (!best || best.path.length === 0) return first
  return { ...best, path: [...first.path, ...best.path] }
}

function toPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text ? `${text}.${String(key)}` : String(key)
  }, '')
}

/** A word of a list that was given as one text is not missing. */
function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  if (path.length === 0 || valueAt(input, path) !== undefined) return false
  return path.every((_, depth) => typeof valueAt(input, path.slice(0, depth)) !== 'string')
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  )
}
