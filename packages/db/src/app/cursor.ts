/** Where a page of a list ended, as an opaque text that a client hands back. */
import { AppError } from '@tandem/schemas'
import type { z } from 'zod'

function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** @throws AppError `invalid_request` where the text is not one of ours. */
export function decodeCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (parsed.success) return parsed.data
  throw new AppError('invalid_request', {
    message: 'The cursor is not valid; start again without it.',
    param: 'cursor',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A page asks for one row more than it shows: whether that came says if there is a next page. */
export function toPage<Row>(
  rows: readonly Row[],
  limit: number,
  positionOf: (last: Row) => readonly (string | number)[],
): { rows: Row[]; nextCursor: string | undefined } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return { rows: shown, nextCursor: more ? encodeCursor(positionOf(last)) : undefined }
}
