/** Bodies of megabytes as JSON, parsed in turns with other requests. */
import { isUtf8 } from 'node:buffer'
import type { Request } from 'express'
import { AppError } from '@tandem/schemas'
import { parseJsonObject, readBody, usualJsonDepth } from './body.ts'
import { noObject, notUtf8, tooDeep } from './json-errors.ts'
import { endOfSmall, findLarge, largeFrom, openBrace } from './large-json/find-large.ts'
import { createTurns } from './large-json/in-turns.ts'
import { parseInTurns, type LargeJson } from './large-json/parse-in-turns.ts'
import { cutLongStrings, putBack } from './long-strings.ts'

/** The body as JSON. @throws AppError as `readBody` and `parseJsonObject` do */
export async function readJsonObject(
  req: Request,
  limitBytes: number,
  maxDepth?: number,
): Promise<Record<string, unknown>> {
  return parseLargeJsonObject(await readBody(req, limitBytes), maxDepth)
}

/** As `parseJsonObject` does; of a large body so much at a time that nobody waits for it. */
export async function parseLargeJsonObject(
  body: Buffer,
  maxDepth = usualJsonDepth,
): Promise<Record<string, unknown>> {
  if (body.length < largeFrom) return parseJsonObject(body, maxDepth)
  const turns = createTurns()
  const { json, strings } = cutLongStrings(body)
  await turns()
  if (!isUtf8(json)) throw notUtf8()
  const ends = await findLarge(json, { maxDepth, turns })
  if (ends === 'too deep') throw tooDeep(maxDepth)
  try {
    if (ends === 'invalid') throw new SyntaxError('brackets or quotes without their ends')
    const value = await parseRoot({ json, ends, turns })
    putBack(value, strings)
    return value
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('invalid_json', { cause })
  }
}

async function parseRoot(source: LargeJson): Promise<Record<string, unknown>> {
  const { json, ends } = source
  const start = await skipBlank(source, 0)
  if (json[start] !== openBrace) throw noObject()
  const end = ends.get(start) ?? endOfSmall(json, start)
  if ((await skipBlank(source, end)) < json.length) throw noObject()
  // All that is large may be what was cut out of it, or the white space around it.
  const value = ends.has(start)
    ? await parseInTurns(source, { start, end })
    : (JSON.parse(json.toString('utf8', start, end)) as unknown)
  return value as Record<string, unknown>
}

async function skipBlank({ json, turns }: LargeJson, from: number): Promise<number> {
  let at = from
  for (; isBlank(json[at]); at += 1) if (at % largeFrom === 0) await turns()
  return at
}

/** What JSON takes for white space. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
