/** Maximal marginal relevance (Carbonell and Goldstein, 1998): not the same thing twice. */
import { tellingWords } from '../words/analyze.ts'

export interface Rated {
  text: string
  score: number
}

/** How much likeness to what is chosen already counts against relevance. */
const penalty = 0.15
/** Texts about one thing share so many of their words; that is no repetition. */
const commonUpTo = 0.3
/** Texts that share so many are one text, twice. */
const sameFrom = 0.85

/** Chooses `k`, best first. Copies come after everything else. */
export function diversify<Item extends Rated>(items: readonly Item[], k: number): Item[] {
  const scores = items.map(({ score }) => score)
  const lowest = Math.min(...scores)
  const range = Math.max(...scores) - lowest || 1
  const left = items.map((item) => ({
    item,
    words: new Set(tellingWords(item.text)),
    relevance: (item.score - lowest) / range,
    likeness: 0,
  }))
  const chosen: Item[] = []
  while (chosen.length < k && left.length > 0) {
    let best = 0
    for (const [at, each] of left.entries()) {
      if (valueOf(each) > valueOf(left[best] ?? each)) best = at
    }
    const [taken] = left.splice(best, 1)
    if (!taken) break
    chosen.push(taken.item)
    for (const each of left)
      each.likeness = Math.max(each.likeness, likeness(each.words, taken.words))
  }
  return chosen
}

function valueOf({ relevance, likeness }: { relevance: number; likeness: number }): number {
  if (likeness >= sameFrom) return relevance - 1
  return relevance - penalty * Math.max(0, likeness - commonUpTo)
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let shared = 0
  for (const word of small) if (large.has(word)) shared += 1
  const all = a.size + b.size - shared
  return all === 0 ? 0 : shared / all
}
