/**
 * How well a passage answers a query, from 0 to 1: unlike a place in a ranking it can be compared from one search to the
 * next. It is the mean of two measures that do not depend on what else was found: the share of the query's words that the
 * passage holds, rare ones counting more, and the cosine of the two, where there is one.
 */

/** Stems of a query and the weight of each. */
export type Weights = ReadonlyMap<string, number>

/** As though so many more chunks held each word: few chunks tell little of how rare a word is. */
const prior = 10

/**
 * The inverse document frequency, smoothed: in a small collection all words weigh about the same.
 * @param frequency chunks that hold the word @param size chunks in all
 */
export function weightOf(frequency: number, size: number): number {
  return Math.log(1 + (size + prior) / (frequency + prior))
}

export function relevanceOf(
  asked: Weights,
  { stems, similarity }: { stems: ReadonlySet<string>; similarity: number | undefined },
): number {
  const share = shareOf(asked, stems)
  return similarity === undefined ? share : (share + Math.max(0, Math.min(1, similarity))) / 2
}

function shareOf(asked: Weights, stems: ReadonlySet<string>): number {
  let all = 0
  let held = 0
  for (const [stem, weight] of asked) {
    all += weight
    if (stems.has(stem)) held += weight
  }
  return all === 0 ? 0 : held / all
}
