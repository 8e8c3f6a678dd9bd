import type { Passage } from './passages.ts'

export interface PassageChoice {
  /**
   * Of a long text the passages that say most about the query, and where none says anything some from all over it; in
   * their order. All of them where there is room.
   */
  choose(query: string, maxChars: number): Passage[]
}

interface Indexed {
  passage: Passage
  at: number
  words: ReadonlySet<string>
}

export function createPassageChoice(passages: readonly Passage[]): PassageChoice {
  const total = lengthOf(passages)
  const indexed = passages.map((passage, at) => ({ passage, at, words: wordsOf(passage.text) }))
  return {
    choose(query, maxChars) {
      if (total <= maxChars) return [...passages]
      const byScore = rank(indexed, wordsOf(query))
      const found = take(byScore, maxChars)
      const spread = take(spreadOut(indexed, maxChars / total), maxChars - lengthOf(found))
      return [...new Set([...found, ...spread])].toSorted(
        (a, b) => passages.indexOf(a) - passages.indexOf(b),
      )
    },
  }
}

/** Those with a word of the query, the best first: rare words tell more. */
function rank(indexed: readonly Indexed[], wanted: ReadonlySet<string>): Passage[] {
  const weights = [...wanted].map((word) => {
    const count = indexed.filter(({ words }) => words.has(word)).length
    return [word, Math.log(1 + indexed.length / Math.max(count, 1))] as const
  })
  const scoreOf = ({ words }: Indexed): number =>
    weights.reduce((sum, [word, weight]) => sum + (words.has(word) ? weight : 0), 0)
  return indexed
    .map((each) => ({ each, score: scoreOf(each) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || a.each.at - b.each.at)
    .map(({ each }) => each.passage)
}

function spreadOut(indexed: readonly Indexed[], share: number): Passage[] {
  const step = Math.max(1, Math.floor(1 / share))
  return indexed.filter(({ at }) => at % step === 0).map(({ passage }) => passage)
}

function take(passages: readonly Passage[], maxChars: number): Passage[] {
  let room = maxChars
  return passages.filter(({ text }) => {
    if (text.length > room) return false
    room -= text.length
    return true
  })
}

function lengthOf(passages: readonly Passage[]): number {
  return passages.reduce((sum, { text }) => sum + text.length, 0)
}

const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{2}|[\p{L}\d]{3,}/gu

/** Stems, crudely; scripts without spaces by pairs of characters. */
function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(word) ?? []
  return new Set(words.map((each) => (/\d/.test(each) ? each : each.slice(0, 6))))
}
