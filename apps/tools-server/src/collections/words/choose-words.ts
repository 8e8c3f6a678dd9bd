/** Which words of a query are worth their time in a large collection. */

/** Occurrences that one search looks at, at a microsecond each. */
const budget = 30_000

/**
 * The rarest words first, as far as the budget goes; the rarest in any case. A word in a third of all chunks costs the most
 * and tells the least: its weight in BM25 is next to nothing.
 */
export function chooseWords(
  words: readonly string[],
  frequencyOf: (word: string) => number,
): string[] {
  const counted = words.map((word) => ({ word, frequency: frequencyOf(word) }))
  let spent = 0
  return counted
    .toSorted((a, b) => a.frequency - b.frequency)
    .filter(({ frequency }) => {
      const isFirst = spent === 0
      spent += frequency
      return isFirst || spent <= budget
    })
    .map(({ word }) => word)
}
