/** The text of a document in parts: a book in one message would hold up the server while it is packed and unpacked. */
import { AppError, type DocumentBlock, type ParsedDocument } from '@tandem/schemas'

export interface SourcePart {
  blocks: DocumentBlock[]
  /** Where the next part begins; undefined after the last one. */
  next?: number
}

const mostChars = 500_000
const mostBlocks = 5000

/** From this block on, as much as one message should hold, and at least one block. */
export function partFrom({ blocks }: Pick<ParsedDocument, 'blocks'>, from: number): SourcePart {
  let end = from
  for (let chars = 0; end < blocks.length && end - from < mostBlocks; end += 1) {
    chars += blocks[end]?.text.length ?? 0
    if (end > from && chars > mostChars) break
  }
  return { blocks: blocks.slice(from, end), ...(end < blocks.length && { next: end }) }
}

/** Puts together what comes in parts, by key. */
export interface Arrivals {
  /** `from` is where the part begins; 0 begins anew. */
  add(key: number, part: { from: number; blocks: readonly DocumentBlock[] }): void
  /** @throws AppError where a part is missing */
  take(key: number, count: number): DocumentBlock[]
}

export function createArrivals(): Arrivals {
  const arriving = new Map<number, DocumentBlock[]>()
  return {
    add(key, { from, blocks }) {
      const known = from === 0 ? [] : (arriving.get(key) ?? [])
      for (const block of blocks) known.push(block)
      arriving.set(key, known)
    },
    take(key, count) {
      const blocks = arriving.get(key) ?? []
      arriving.delete(key)
      if (blocks.length === count) return blocks
      throw new AppError('internal_error', { message: 'A part of the document got lost.' })
    },
  }
}
