/** Numbers the sources of one deck: each once, the same number wherever it is named. */
import type { DeckSource } from '@tandem/schemas'

export interface Bibliography {
  /** From 1; undefined where the source has no name. */
  numberOf(source: DeckSource): number | undefined
  source(number: number): DeckSource | undefined
}

const most = 200

export function createBibliography(): Bibliography {
  const numbers = new Map<string, number>()
  const sources: DeckSource[] = []
  return {
    numberOf(source) {
      if (source.title === '') return undefined
      const key = JSON.stringify([source.title, source.url, source.file_id, source.page])
      const known = numbers.get(key)
      if (known !== undefined || sources.length >= most) return known
      sources.push({ ...source, title: source.title.slice(0, 500) })
      numbers.set(key, sources.length)
      return sources.length
    },
    source: (number) => sources[number - 1],
  }
}
