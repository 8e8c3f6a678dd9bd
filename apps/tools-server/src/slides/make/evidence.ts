/** Which numbers may be said, and which sources have them. */
import type { DeckSource } from '@tandem/schemas'
import { isFound, numbersIn, type Quantity } from '../lint/numbers.ts'
import type { Passage } from './passages.ts'

export interface Evidence {
  /** Those of the instruction and of all passages. */
  numbers: ReadonlySet<number>
  sourcesOf(quantity: Quantity): DeckSource[]
}

export function createEvidence(instruction: string, passages: readonly Passage[]): Evidence {
  const numbered = passages.map(({ source, text }) => ({ source, numbers: numbersIn(text) }))
  const numbers = new Set(numbersIn(instruction))
  for (const passage of numbered) for (const number of passage.numbers) numbers.add(number)
  return {
    numbers,
    sourcesOf: (quantity) =>
      numbered.filter((passage) => isFound(quantity, passage.numbers)).map(({ source }) => source),
  }
}
