/** Shapes that models are asked for by the book, and read with patience. */
import { z } from 'zod'

const longestLine = 600

/** One line of plain text: whatever else came (a number, an object with a text in it) is made one. */
export function toLine(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(toLine).filter(Boolean).join('; ')
  if (isObject(value)) {
    const texts = ['text', 'title', 'content', 'value', 'point', 'name', 'label']
    return toLine(texts.map((key) => value[key]).find((each) => each !== undefined) ?? '')
  }
  return typeof value === 'string' ? plain(value).slice(0, longestLine) : ''
}

/** Markdown's marks mean nothing on a slide. */
function plain(text: string): string {
  return text
    .replaceAll(/\*\*([^*]+)\*\*|__([^_]+)__/g, '$1$2')
    .replaceAll(/(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g, '$1')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .replace(/^(?:[-*•▪–]|#{1,6}|\d{1,2}[.)])\s+/, '')
    .trim()
}

export function toLines(value: unknown): string[] {
  const parts: unknown[] =
    typeof value === 'string' ? value.split('\n') : Array.isArray(value) ? value : []
  return parts.map(toLine).filter(Boolean)
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toNumbers(value: unknown): number[] {
  const parts: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return parts
    .map((part) => (typeof part === 'string' ? Number(/\d+/.exec(part)?.[0]) : part))
    .filter((part) => Number.isInteger(part)) as number[]
}

/** `1 234,5 %` is said where a number is asked for. */
function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string') return null
  const digits = /-?\d[\d,]*(?:\.\d+)?/.exec(value.replaceAll(/(?<=\d)\s(?=\d)/g, ''))?.[0]
  return digits === undefined ? null : Number(digits.replaceAll(',', ''))
}

export const line = z.preprocess(toLine, z.string())
/** Each once: small models say things twice. */
export const lines = z.preprocess((value) => [...new Set(toLines(value))], z.array(z.string()))
/** As many as there are: columns and categories have their places. */
export const places = z.preprocess(toLines, z.array(z.string()))
export const wholeNumbers = z.preprocess(toNumbers, z.array(z.number().int()))
export const numberOrNull = z.preprocess(toNumber, z.number().nullable())

/** Text of several lines: code, notes. */
export const paragraphs = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim() : toLines(value).join('\n')),
  z.string(),
)

/** A list of objects, or of what can be read as one. */
export function listOf<Item extends z.ZodType>(
  item: Item,
  read: (value: unknown) => unknown = (value) => value,
): z.ZodPipe<z.ZodTransform<unknown[]>, z.ZodArray<Item>> {
  const toList = (value: unknown): unknown[] =>
    (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []).map(read)
  return z.preprocess(toList, z.array(item)) as never
}
