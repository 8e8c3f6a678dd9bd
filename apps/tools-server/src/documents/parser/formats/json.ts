/** JSON: its parts by their paths, and its shape. What is no valid JSON is read as text. */
import type { DocumentBlock } from '@tandem/schemas'
import { DocumentFault } from '../fault.ts'
import type { Format } from '../source.ts'
import { cutText, decodeText, toLines, toOneLine } from '../text.ts'
import { describeShape } from './json-shape.ts'
import { plain } from './plain.ts'

export const json: Format = {
  parse(source) {
    const value = parseJson(decodeText(source.bytes))
    return value === undefined ? plain.parse(source) : { blocks: toBlocks(value.json) }
  },
  describe(source) {
    const text = decodeText(source.bytes)
    if (text.length > largeChars) {
      const fact = `${text.length} characters: too large to look at as a whole`
      return { kind: 'JSON', facts: [fact], excerpt: cutText(text.trim(), 12_000) }
    }
    const value = parseJson(text)
    if (!value) {
      return {
        kind: 'text',
        facts: ['named as JSON, but not valid JSON'],
        excerpt: cutText(text.trim(), 12_000),
      }
    }
    return {
      kind: value.isLines ? 'JSON Lines' : 'JSON',
      facts: describeShape(value.json),
      excerpt: cutText(text.trim(), 12_000),
    }
  },
  lines: ({ bytes }) => toLines(decodeText(bytes)),
}

/** Values take some ten times the room of their text. */
const largeChars = 24_000_000
const maxDepth = 200

/** @throws DocumentFault `document_too_complex` where it is nested too deep */
function parseJson(text: string): { json: unknown; isLines: boolean } | undefined {
  assertShallow(text)
  const whole = tryParse(text.replace(/^\uFEFF/, ''))
  if (whole) return { ...whole, isLines: false }
  const lines = toLines(text).filter((line) => line.trim() !== '')
  const records = lines.length > 1 ? lines.map(tryParse) : [undefined]
  if (records.some((record) => record === undefined)) return undefined
  return { json: records.map((record) => record?.json), isLines: true }
}

function tryParse(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** Before it is parsed, for that takes memory by the level. */
function assertShallow(text: string): void {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at)
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth > maxDepth) {
      const message = `The JSON is nested more than ${maxDepth} levels deep.`
      throw new DocumentFault('document_too_complex', { message })
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return text.length
}

/** So much of it is one block. */
const blockChars = 800

/** The largest parts that fit into a block, each below its path. */
function toBlocks(value: unknown): DocumentBlock[] {
  const blocks: DocumentBlock[] = []
  /** The part as text where it fits; else what is in it becomes blocks of its own. */
  function visit(part: unknown, path: string): string | undefined {
    if (typeof part !== 'object' || part === null) return JSON.stringify(part)
    const texts = Array.isArray(part)
      ? part.map((item, at) => visit(item, `${path}[${at}]`))
      : Object.entries(part).map(([key, item]) => {
          const text = visit(item, path === '' ? key : `${path}.${key}`)
          return text && `${JSON.stringify(key)}: ${text}`
        })
    const length = texts.reduce((sum, text) => sum + (text?.length ?? blockChars) + 2, 0)
    if (length <= blockChars) {
      return Array.isArray(part) ? `[${texts.join(', ')}]` : `{${texts.join(', ')}}`
    }
    for (const text of texts) if (text !== undefined) blocks.push(toBlock(path, text))
    return undefined
  }
  const rest = visit(value, '')
  if (rest !== undefined) blocks.push({ text: rest })
  return blocks
}

function toBlock(path: string, text: string): DocumentBlock {
  return { text, ...(path !== '' && { heading: toOneLine(path) }) }
}
