/** What topics are learned from and found in: a few neighbouring chunks of a document, for one alone has few words. */
import { createTermCounts, type RetrievalRows, type TermCounts } from '@tandem/db'
import { stopWords } from '../words/stop-words.ts'
import { toIndexText } from '../words/analyze.ts'
import type { Counts } from './fit-topics.ts'

export interface Section {
  documentRow: number
  rowIds: number[]
}

/** About a page of 900 tokens. */
const chunksInSection = 4
const pageSize = 400

export interface Stemmer {
  /** The words that say something. */
  of(text: string): Counts
}

export function createStemmer(counts: TermCounts = createTermCounts()): Stemmer {
  const stops = new Set(counts.of([...stopWords].join(' ')).keys())
  return {
    of: (text) => new Map([...counts.of(toIndexText(text))].filter(([stem]) => !stops.has(stem))),
  }
}

/** The sections that these chunks make up, with their words. */
export async function* readSections(
  rows: RetrievalRows,
  rowIds: readonly number[],
  stemmer: Stemmer,
): AsyncGenerator<Section & { counts: Counts }> {
  let open: { section: Section; texts: string[]; key: string } | undefined
  const take = (): Section & { counts: Counts } => {
    const { section, texts } = open ?? { section: { documentRow: 0, rowIds: [] }, texts: [] }
    return { ...section, counts: stemmer.of(texts.join('\n')) }
  }
  for (let from = 0; from < rowIds.length; from += pageSize) {
    for (const chunk of await rows.texts(rowIds.slice(from, from + pageSize))) {
      const key = `${chunk.documentRow}/${Math.floor(chunk.ordinal / chunksInSection)}`
      if (open && open.key !== key) {
        yield take()
        open = undefined
      }
      open ??= {
        key,
        section: { documentRow: chunk.documentRow, rowIds: [] },
        texts: [chunk.title],
      }
      open.section.rowIds.push(chunk.rowId)
      open.texts.push(chunk.heading, chunk.text)
    }
  }
  if (open) yield take()
}
