/** What JSON is like: the paths in it with the types and numbers of their values. */
import { toOneLine } from '../text.ts'

const maxPaths = 60
/** Of a list so many items are looked at: the first, and some from all over it. */
const lookedAt = 200

interface Seen {
  types: Set<string>
  example: string | undefined
}

/** The first line tells of the whole, the second of its paths. */
export function describeShape(value: unknown): string[] {
  const paths = new Map<string, Seen>()
  visit(value, '', paths)
  const lines = [...paths]
    .filter(([path]) => path !== '')
    .slice(0, maxPaths)
    .map(([path, { types, example }]) => {
      const shown = example === undefined ? '' : ` e.g. ${example}`
      return `${path} (${[...types].join(' or ')}${shown})`
    })
  const more = paths.size > maxPaths ? ` … and ${paths.size - maxPaths} more` : ''
  return [
    describeTop(value),
    ...(lines.length > 0 ? [`structure: ${lines.join(', ')}${more}`] : []),
  ]
}

function describeTop(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length} ${plural('item', value.length)}`
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value)
    const shown = keys.slice(0, 40).map((key) => toOneLine(key, 60))
    const more = keys.length > 40 ? ` … and ${keys.length - 40} more` : ''
    return `an object with ${keys.length} ${plural('key', keys.length)}: ${shown.join(', ')}${more}`
  }
  return `a ${typeOf(value)}`
}

function visit(value: unknown, path: string, paths: Map<string, Seen>): void {
  if (paths.size > maxPaths * 4 && !paths.has(path)) return
  const seen = paths.get(path) ?? { types: new Set(), example: undefined }
  paths.set(path, seen)
  seen.types.add(typeOf(value))
  if (Array.isArray(value)) {
    seen.example ??= `${value.length} ${plural('item', value.length)}`
    for (const item of spread(value)) visit(item, `${path}[]`, paths)
    return
  }
  if (typeof value !== 'object' || value === null) {
    if (value !== null) seen.example ??= toOneLine(JSON.stringify(value), 40)
    return
  }
  for (const [key, item] of Object.entries(value).slice(0, 1000)) {
    visit(item, path === '' ? toOneLine(key, 60) : `${path}.${toOneLine(key, 60)}`, paths)
  }
}

function spread(list: readonly unknown[]): unknown[] {
  if (list.length <= lookedAt) return [...list]
  const step = list.length / lookedAt
  return Array.from({ length: lookedAt }, (_, at) => list[Math.floor(at * step)])
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`
}
