/**
 * `JSON.parse` in pieces: of a large array or object a few members at a time are parsed natively, of a long string a part
 * at a time. The parser alone takes 2 ms for a megabyte of text, in which no other request moves.
 */
import { defineMember } from './define-member.ts'
import {
  closeBrace,
  closeBracket,
  comma,
  endOfSmall,
  largeFrom,
  openBrace,
  openBracket,
  quote,
  type LargeEnds,
} from './find-large.ts'
import { readText } from './read-text.ts'

export interface LargeJson {
  json: Buffer
  ends: LargeEnds
  /** Awaited between two pieces. */
  turns(): Promise<void>
}

interface Range {
  start: number
  end: number
}

/** @param range of a large value. @throws SyntaxError */
export async function parseInTurns(source: LargeJson, range: Range): Promise<unknown> {
  const { json, turns } = source
  const { start, end } = range
  if (json[start] === quote) return readText(json, { from: start + 1, to: end - 1 }, turns)
  const closing = json[start] === openBrace ? closeBrace : closeBracket
  if (json[end - 1] !== closing) throw new SyntaxError('brackets that do not belong together')
  return json[start] === openBrace ? parseObject(source, range) : parseArray(source, range)
}

async function parseArray(source: LargeJson, range: Range): Promise<unknown[]> {
  const all: unknown[] = []
  for (const { text, large, isOnly } of batches(source, range)) {
    const some = JSON.parse(`[${text}]`) as unknown[]
    if (some.length === 0 && !isOnly) throw new SyntaxError('a comma too many')
    if (large) some[some.length - 1] = await parseInTurns(source, large)
    for (const each of some) all.push(each)
    await source.turns()
  }
  return all
}

async function parseObject(source: LargeJson, range: Range): Promise<Record<string, unknown>> {
  let whole: Record<string, unknown> | undefined
  for (const { text, large, isOnly } of batches(source, range)) {
    const some = JSON.parse(`{${text}}`) as Record<string, unknown>
    const keys = Object.keys(some)
    if (keys.length === 0 && !isOnly) throw new SyntaxError('a comma too many')
    if (large) defineMember(some, keyOf(source, large), await parseInTurns(source, large))
    if (whole) for (const key of keys) defineMember(whole, key, some[key])
    whole ??= some
    await source.turns()
  }
  return whole ?? {}
}

interface Batch {
  /** Of some members, the value of the last one being '' where it is large. */
  text: string
  large?: LargeMember
  /** There is no other in this array or object. */
  isOnly: boolean
}

interface LargeMember extends Range {
  /** In an object: the member's key. */
  key: Range | undefined
}

/** Where the walk over the members is. */
interface Walk {
  /** Where the batch begins. */
  from: number
  at: number
  /** Of the member that is walked over. */
  key?: Range | undefined
  large?: LargeMember | undefined
}

/** The members of an array or object, some at a time. */
function* batches(source: LargeJson, { start, end }: Range): Generator<Batch> {
  const { json } = source
  const isObject = json[start] === openBrace
  const [first, last] = [start + 1, end - 1]
  const walk: Walk = { from: first, at: first }
  while (walk.at < last) {
    if (opensValue(json[walk.at])) {
      passValue(source, walk, isObject)
      continue
    }
    if (json[walk.at] === comma) {
      walk.key = undefined
      if (walk.large || walk.at - walk.from >= largeFrom) {
        yield toBatch(json, walk, false)
        walk.large = undefined
        walk.from = walk.at + 1
      }
    }
    walk.at += 1
  }
  yield toBatch(json, walk, walk.from === first)
}

function opensValue(byte: number | undefined): boolean {
  return byte === quote || byte === openBrace || byte === openBracket
}

function passValue({ json, ends }: LargeJson, walk: Walk, isObject: boolean): void {
  const start = walk.at
  const value: Range = { start, end: ends.get(start) ?? endOfSmall(json, start) }
  walk.at = value.end
  const isKey = isObject && walk.key === undefined
  if (ends.has(start) && !isKey) {
    if (walk.large) throw new SyntaxError('two values without a comma')
    walk.large = { ...value, key: walk.key }
  }
  walk.key ??= value
}

/** What stands before `at`, the large value being left out. */
function toBatch(json: Buffer, { from, at, large }: Walk, isOnly: boolean): Batch {
  const decode = (start: number, end: number): string => json.toString('utf8', start, end)
  if (!large) return { text: decode(from, at), isOnly }
  return { text: `${decode(from, large.start)}""${decode(large.end, at)}`, large, isOnly }
}

function keyOf({ json }: LargeJson, { key }: LargeMember): string {
  return key ? (JSON.parse(json.toString('utf8', key.start, key.end)) as string) : ''
}
