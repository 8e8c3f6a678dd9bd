/** Cuts a text into pieces of at most `size` tokens, at the best places there are: lines, sentences, words. */
import { estimateTokens } from './estimate-tokens.ts'

export interface Piece {
  text: string
  tokens: number
}

/** From the best place to cut to the worst; each keeps its separator at the end of the piece before. */
const places: readonly RegExp[] = [
  /(?<=\n\s*\n)/,
  /(?<=\n)/,
  /(?<=[.!?…。！？]["'”’)\]]*\s)|(?<=[。！？])/u,
  /(?<=[;:,，、]\s?)/u,
  /(?<=\s)/,
]

export function splitText(text: string, size: number): Piece[] {
  return split(text, { size, level: 0 })
}

function split(text: string, { size, level }: { size: number; level: number }): Piece[] {
  const tokens = estimateTokens(text)
  if (tokens === 0) return []
  if (tokens <= size && level > 2) return [{ text, tokens }]
  // Sentences are told apart even where they fit, so that chunks can be filled and overlap by whole sentences.
  if (tokens <= size && level === 2) {
    return text.split(places[2] ?? /$/).flatMap(toPiece)
  }
  const place = places[level]
  if (!place) return cutAnywhere(text, size)
  return text.split(place).flatMap((part) => split(part, { size, level: level + 1 }))
}

function toPiece(text: string): Piece[] {
  const tokens = estimateTokens(text)
  return tokens === 0 ? [] : [{ text, tokens }]
}

/** A word, or something that has none, longer than a chunk. */
function cutAnywhere(text: string, size: number): Piece[] {
  const characters = Array.from(text)
  const pieces: Piece[] = []
  for (let from = 0; from < characters.length; from += size) {
    pieces.push(...toPiece(characters.slice(from, from + size).join('')))
  }
  return pieces
}
