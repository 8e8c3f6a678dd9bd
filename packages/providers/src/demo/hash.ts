import { createHash } from 'node:crypto'

/** 64 hex digits that stand for a text. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** One of the list, always the same one for the same text. */
export function pick<Item>(list: readonly [Item, ...Item[]], text: string): Item {
  const number = Number.parseInt(digest(text).slice(0, 8), 16)
  return list[number % list.length] ?? list[0]
}
