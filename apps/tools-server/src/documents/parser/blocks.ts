/** Blocks as collections take them: neither crumbs nor slabs. */
import type { DocumentBlock } from '@tandem/schemas'
import { DocumentFault } from './fault.ts'

/** Neighbours of one place are joined up to so many characters: a chunk or two. */
const smallChars = 500
const largeChars = 4000

/** Joins what is small and cuts what is large; nothing empty is left. */
export async function* inGoodSize(
  blocks: AsyncIterable<DocumentBlock> | Iterable<DocumentBlock>,
): AsyncGenerator<DocumentBlock> {
  let open: DocumentBlock | undefined
  for await (const given of blocks) {
    for (const block of cut(given)) {
      if (open && fits(open, block)) {
        open.text += `\n${block.text}`
        continue
      }
      if (open) yield open
      open = block
    }
  }
  if (open) yield open
}

function fits(open: DocumentBlock, next: DocumentBlock): boolean {
  return (
    open.text.length + next.text.length <= smallChars &&
    open.page === next.page &&
    open.heading === next.heading &&
    open.sheet === next.sheet
  )
}

function* cut(block: DocumentBlock): Generator<DocumentBlock> {
  const text = block.text.trimEnd()
  for (let from = 0; from < text.length;) {
    const to = endOfPiece(text, from)
    const piece = text.slice(from, to)
    if (piece.trim() !== '') yield { ...block, text: piece }
    from = to
  }
}

/** After the last white space that fits, else in the middle of whatever it is, but never of a character. */
function endOfPiece(text: string, from: number): number {
  const end = from + largeChars
  if (end >= text.length) return text.length
  for (let at = end; at > from + largeChars / 2; at -= 1) {
    if (/\s/.test(text[at - 1] ?? '')) return at
  }
  const isInCharacter = /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')
  return isInCharacter ? end - 1 : end
}

export interface Bounds {
  maxChars: number
  maxBlocks: number
}

/** @throws DocumentFault `document_too_large`; `document_without_text` where there is nothing at all */
export async function* within(
  { maxChars, maxBlocks }: Bounds,
  blocks: AsyncIterable<DocumentBlock>,
): AsyncGenerator<DocumentBlock> {
  let chars = 0
  let count = 0
  for await (const block of blocks) {
    chars += block.text.length + (block.heading?.length ?? 0)
    count += 1
    if (chars > maxChars) throw tooLarge(`${millions(maxChars)} million characters of text`)
    if (count > maxBlocks) throw tooLarge(`${maxBlocks} parts`)
    yield block
  }
  if (count === 0) throw new DocumentFault('document_without_text')
}

function tooLarge(limit: string): DocumentFault {
  return new DocumentFault('document_too_large', {
    message: `The document holds more than ${limit}: split it into several files.`,
  })
}

function millions(count: number): string {
  return String(count / 1_000_000)
}
