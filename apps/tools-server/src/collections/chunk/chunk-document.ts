/** Cuts a parsed document into chunks along its structure. */
import type { DocumentBlock, ParsedDocument } from '@tandem/schemas'
import { splitText, type Piece } from './split-text.ts'

export interface Chunk {
  text: string
  place: Omit<DocumentBlock, 'text'>
}

export interface ChunkSize {
  /** In tokens. */
  size: number
  overlap: number
}

interface PlacedPiece extends Piece {
  place: Chunk['place']
  /** Begins a block. */
  first: boolean
}

/**
 * Chunks of at most `size` tokens. None reaches over a heading or a sheet; one may reach over the end of a page where it
 * would else be small. Neighbours of one section share their last sentences, `overlap` tokens at most.
 */
export function chunkDocument({ blocks }: ParsedDocument, { size, overlap }: ChunkSize): Chunk[] {
  const chunks: Chunk[] = []
  let open: PlacedPiece[] = []
  let tokens = 0

  function close(): void {
    const text = join(open)
    if (text !== '' && open[0]) chunks.push({ text, place: open[0].place })
    open = []
    tokens = 0
  }

  for (const block of blocks) {
    const place = placeOf(block)
    const before = open.at(-1)?.place
    if (before && mustPart(before, place, tokens > size / 2)) close()
    for (const [at, piece] of splitText(block.text, size).entries()) {
      if (tokens + piece.tokens > size && open.length > 0) {
        const shared = tail(open, Math.min(overlap, size - piece.tokens))
        close()
        open = shared
        tokens = sum(shared)
      }
      open.push({ ...piece, place, first: at === 0 })
      tokens += piece.tokens
    }
  }
  close()
  return chunks
}

function placeOf({ page, heading, sheet, line }: DocumentBlock): Chunk['place'] {
  return {
    ...(page !== undefined && { page }),
    ...(heading !== undefined && heading !== '' && { heading }),
    ...(sheet !== undefined && { sheet }),
    ...(line !== undefined && { line }),
  }
}

function mustPart(before: Chunk['place'], after: Chunk['place'], isHalfFull: boolean): boolean {
  if (before.heading !== after.heading || before.sheet !== after.sheet) return true
  return before.page !== after.page && isHalfFull
}

/** The last pieces that fit. */
function tail(pieces: readonly PlacedPiece[], room: number): PlacedPiece[] {
  const kept: PlacedPiece[] = []
  let tokens = 0
  for (const piece of pieces.toReversed()) {
    tokens += piece.tokens
    if (tokens > room) break
    kept.unshift(piece)
  }
  // All of a chunk again would say nothing new.
  return kept.length === pieces.length ? [] : kept
}

function sum(pieces: readonly Piece[]): number {
  return pieces.reduce((total, { tokens }) => total + tokens, 0)
}

function join(pieces: readonly PlacedPiece[]): string {
  let text = ''
  for (const piece of pieces) text += (piece.first && text !== '' ? '\n' : '') + piece.text
  return text.replaceAll(/\n{3,}/g, '\n\n').trim()
}
