import { deckSchema, parseInput, type DeckInput } from '@tandem/schemas'
import { cleanDeck } from '../../src/slides/deck/clean-deck.ts'
import { prepareImages } from '../../src/slides/images/prepare-images.ts'
import { layOutDeck } from '../../src/slides/layout/lay-out-deck.ts'
import type { LaidOutDeck } from '../../src/slides/layout/types.ts'

export async function layOut(input: DeckInput): Promise<LaidOutDeck> {
  const deck = cleanDeck(parseInput(deckSchema, input))
  return layOutDeck(deck, await prepareImages(deck, new Map()))
}
