/** The indexes of collections as searches use them: opened at the first search, brought up to date where there is more. */
import { existsSync } from 'node:fs'
import {
  createTermCounts,
  type SearchedCollection,
  type TermCounts,
  type WordsIndex,
} from '@tandem/db'
import { topicsPath, wordsPath } from '../places.ts'
import { createStemmer, type Stemmer } from '../topics/sections.ts'
import { createTopicIndex, type TopicIndex } from '../topics/topic-index.ts'
import { weightOf, type Weights } from '../ranking/relevance.ts'
import { toIndexText, toQueryWords } from '../words/analyze.ts'
import { chooseWords } from '../words/choose-words.ts'
import type { VectorIndex } from '../vectors/vector-index.ts'
import { createTurns } from './in-turn.ts'
import { isWorthIndexing, loadVectors, type LoadOptions } from './load-vectors.ts'
import { createOpened, type Opened } from './opened.ts'

export interface OpenCollections {
  /** Whether its index of words has what the collection has. */
  stateOf(collection: SearchedCollection): WordsState
  words(collection: SearchedCollection): WordsIndex
  /** The words of a query that are worth their time. */
  worthwhile(collection: SearchedCollection, query: string): string[]
  /** The stems of a query, by how rare they are in the collection. */
  weights(collection: SearchedCollection, query: string): Weights
  stems(text: string): ReadonlySet<string>
  vectors(collection: SearchedCollection, embedder: string): Promise<VectorIndex>
  topics(collection: SearchedCollection): Promise<TopicIndex>
  isWorthBuilding(stats: VectorIndex['stats']): boolean
  forget(rowId: number): void
  forgetAll(): void
}

/** In fewer chunks every word is quick. */
const largeFrom = 5000

export type WordsState = 'fresh' | 'behind' | 'missing' | 'broken'

export function createOpenCollections(options: LoadOptions): OpenCollections {
  const { db, data, faiss } = options
  const opened = createOpened(data)
  const inTurn = createTurns()
  let counts: TermCounts | undefined
  const termCounts = (): TermCounts => (counts ??= createTermCounts())
  let stemmer: Stemmer | undefined
  return {
    stateOf: (collection) =>
      stateOf(opened, collection, wordsPath(data.indexesDir, collection.rowId)),
    words: (collection) => opened.use(collection).words,
    worthwhile(collection, query) {
      const { words } = opened.use(collection)
      const asked = toQueryWords(query)
      if (words.size() < largeFrom) return asked
      return chooseWords(asked, frequencyIn(words, termCounts()))
    },
    weights(collection, query) {
      const { words } = opened.use(collection)
      const stems = termCounts().of(toQueryWords(query).join(' ')).keys()
      const size = words.size()
      return new Map([...stems].map((stem) => [stem, weightOf(words.frequency(stem), size)]))
    },
    stems: (text) => new Set(termCounts().of(toIndexText(text)).keys()),
    vectors: (collection, embedder) =>
      inTurn(collection.rowId, async () => {
        const open = opened.use(collection)
        const previous = open.vectors.get(embedder)
        if (previous && previous.generation >= collection.generation) return previous
        const index = await loadVectors(options, collection, { embedder, previous })
        open.vectors.set(embedder, index)
        opened.makeRoom(collection.rowId)
        return index
      }),
    topics: (collection) =>
      inTurn(collection.rowId, async () => {
        const open = opened.use(collection)
        if (open.topics && open.topics.generation >= collection.generation) return open.topics
        const { rowId, id } = collection
        open.topics = await createTopicIndex({
          path: topicsPath(data.indexesDir, rowId),
          collection: id,
          rows: db.retrieval,
          stemmer: (stemmer ??= createStemmer()),
          // Before the tags: what comes between is looked for once more.
          generation: (await db.retrieval.generation(rowId)) ?? 0,
          wanted: await db.retrieval.tags(rowId),
          previous: open.topics?.topics,
        })
        opened.makeRoom(rowId)
        return open.topics
      }),
    isWorthBuilding: (stats) => faiss !== undefined && isWorthIndexing(stats),
    forget: opened.forget,
    forgetAll: opened.forgetAll,
  }
}

function frequencyIn(words: WordsIndex, stems: TermCounts): (word: string) => number {
  return (word) => {
    const [stem = word] = stems.of(word).keys()
    return words.frequency(stem)
  }
}

function stateOf(opened: Opened, collection: SearchedCollection, path: string): WordsState {
  // Somebody may have removed the file under us.
  if (!existsSync(path)) {
    opened.forget(collection.rowId)
    return 'missing'
  }
  try {
    const { words } = opened.use(collection)
    return words.generation() === collection.generation ? 'fresh' : 'behind'
  } catch {
    opened.forget(collection.rowId)
    return 'broken'
  }
}
