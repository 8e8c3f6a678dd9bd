import { AppError, type DocumentFilter } from '@tandem/schemas'
import type { FoundChunk, KnowledgeDb, SearchedCollection } from '@tandem/db'
import { matches } from '../filter.ts'
import { nearOnes } from '../ranking/near-ones.ts'
import { fuse, type Fused } from '../ranking/fuse.ts'
import { relevanceOf } from '../ranking/relevance.ts'
import type { Neighbour } from '../vectors/exact.ts'
import { loadFaiss } from '../vectors/faiss.ts'
import { toMatch } from '../words/analyze.ts'
import type { CollectionRef } from './index-calls.ts'
import { createOpenCollections, type OpenCollections } from './open-collections.ts'
import type { ThreadData } from './thread-data.ts'

export type SearchMode = 'hybrid' | 'lexical' | 'vector'

export interface SearchCall {
  owner: string
  collections: readonly string[]
  query: string
  /** Of length 1, and who made it; without it words alone are compared. */
  vector?: { values: Float32Array; embedder: string } | undefined
  mode: SearchMode
  /** How many candidates to give back. */
  limit: number
  filter?: DocumentFilter | undefined
  /** Takes indexes as they are where they have not caught up: what is being written all the time is never quite fresh. */
  asItIs?: boolean
}

export interface Candidate extends FoundChunk {
  /** Within one search: how near the top of the rankings. */
  score: number
  /** The cosine, where vectors found it. */
  similarity?: number | undefined
}

export type RelevanceCall = Pick<SearchCall, 'owner' | 'collections' | 'query'> & {
  candidates: readonly Pick<Candidate, 'collectionId' | 'title' | 'place' | 'text' | 'similarity'>[]
}

export type SearchReply =
  | { kind: 'not_found' }
  /** These must be brought up to date first. */
  | { kind: 'stale'; collections: StaleCollection[] }
  | {
      kind: 'found'
      candidates: Candidate[]
      worthBuilding: WorthBuilding
      /** Chunks that can be found by vector, and all. */
      embedded: number
      chunks: number
    }

export interface SearchCalls {
  search(call: SearchCall): Promise<SearchReply>
  /** What `relevanceOf` gives for each, in their order. */
  relevance(call: RelevanceCall): Promise<number[]>
  neighbours(
    wanted: readonly { documentRow: number; ordinal: number }[],
  ): Promise<{ before?: string; after?: string }[]>
  /** The index files have changed, or are gone. */
  forget(rowIds: readonly number[]): void
  forgetAll(): void
  faiss(): { ok: true } | { ok: false; reason: string }
}

/** Whose indexes are worth building anew. */
export interface WorthBuilding {
  vectors: CollectionRef[]
  topics: CollectionRef[]
}

export interface StaleCollection extends CollectionRef {
  /** Its index of words cannot be read and is to be made anew. */
  broken: boolean
}

/** How deep each ranking is read. */
const depth = 100

export function createSearchCalls(db: KnowledgeDb, data: ThreadData): SearchCalls {
  const faiss = data.useFaiss ? loadFaiss() : ({ ok: false, reason: 'it is switched off' } as const)
  const open = createOpenCollections({ db, data, faiss: faiss.ok ? faiss.faiss : undefined })
  return {
    search: (call) => search(db, open, call),
    relevance: (call) => rate(db, open, call),
    neighbours: (wanted) => Promise.all(wanted.map((each) => readNeighbours(db, each))),
    forget: (rowIds) => rowIds.forEach(open.forget),
    forgetAll: open.forgetAll,
    faiss: () => (faiss.ok ? { ok: true } : { ok: false, reason: faiss.reason }),
  }
}

interface Found {
  words: { rowId: number; score: number }[]
  vectors: Neighbour[]
  topics: number[]
  worthBuilding: WorthBuilding
  embedded: number
  chunks: number
}

async function search(
  db: KnowledgeDb,
  open: OpenCollections,
  call: SearchCall,
): Promise<SearchReply> {
  const chosen = await db.retrieval.choose(call.owner, call.collections)
  if (!chosen) return { kind: 'not_found' }
  const stale = chosen.flatMap((each) => staleness(open, each, call))
  if (stale.length > 0) return { kind: 'stale', collections: stale }
  const worthBuilding: WorthBuilding = { vectors: [], topics: [] }
  const found: Found = { words: [], vectors: [], topics: [], worthBuilding, embedded: 0, chunks: 0 }
  for (const each of chosen) {
    const isWhole = await searchOne(db, { open, each, call, found })
    if (!isWhole) return { kind: 'stale', collections: [{ ...toRef(each), broken: true }] }
  }
  const { words, vectors, topics, ...rest } = found
  // By vectors alone every neighbour is better than none.
  const near = call.mode === 'vector' ? vectors : nearOnes(vectors)
  const rankings = [toRanking(near), toRanking(words)].filter((each) => each.length > 0)
  const documentOf = await db.retrieval.documentsOf([...new Set([...rankings.flat(), ...topics])])
  const fused = fuse({ chunks: rankings, topics, documentOf })
  const candidates = await readCandidates(db, fused.slice(0, call.limit), vectors)
  return { kind: 'found', candidates, ...rest }
}

async function rate(
  db: KnowledgeDb,
  open: OpenCollections,
  { owner, collections, query, candidates }: RelevanceCall,
): Promise<number[]> {
  const chosen = (await db.retrieval.choose(owner, collections)) ?? []
  const asked = new Map(chosen.map((each) => [each.id, open.weights(each, query)]))
  return candidates.map(({ collectionId, title, place, text, similarity }) => {
    const stems = open.stems([title, place.heading ?? '', text].join('\n'))
    return relevanceOf(asked.get(collectionId) ?? new Map(), { stems, similarity })
  })
}

function staleness(
  open: OpenCollections,
  each: SearchedCollection,
  call: SearchCall,
): StaleCollection[] {
  const state = open.stateOf(each)
  if (state === 'fresh' || (state === 'behind' && call.asItIs)) return []
  return [{ ...toRef(each), broken: state === 'broken' }]
}

function toRef({ rowId, id }: SearchedCollection): CollectionRef {
  return { rowId, id }
}

/** Of several collections: their own scores say who is first. */
function toRanking(found: readonly { rowId: number; score: number }[]): number[] {
  const best = found.toSorted((a, b) => b.score - a.score)
  return best.slice(0, depth).map(({ rowId }) => rowId)
}

interface OneSearch {
  open: OpenCollections
  each: SearchedCollection
  call: SearchCall
  found: Found
}

/** @returns false where the index of words cannot be read */
async function searchOne(
  db: KnowledgeDb,
  { open, each, call, found }: OneSearch,
): Promise<boolean> {
  const within = call.filter && (await chunksMatching(db, each, call.filter))
  if (!searchWords(open, { each, call, found, within })) return false
  if (call.mode === 'hybrid') await searchTopics(open, { each, call, found, within })
  if (call.mode === 'lexical' || !call.vector) return true
  const index = await open.vectors(each, call.vector.embedder)
  found.embedded += index.stats.indexed + index.stats.beside
  if (open.isWorthBuilding(index.stats)) found.worthBuilding.vectors.push(toRef(each))
  found.vectors.push(...(await index.search(call.vector.values, depth, within)))
  return true
}

type Within = Omit<OneSearch, 'open'> & { within: Set<number> | undefined }

/** Of one collection alone: topics of several cannot be compared. */
async function searchTopics(
  open: OpenCollections,
  { each, call, found, within }: Within,
): Promise<void> {
  if (call.collections.length > 1) return
  const index = await open.topics(each)
  if (index.worthBuilding) found.worthBuilding.topics.push(toRef(each))
  const nearest = index.search(call.query, depth)
  found.topics.push(...nearest.filter((rowId) => !within || within.has(rowId)))
}

function searchWords(open: OpenCollections, { each, call, found, within }: Within): boolean {
  try {
    const words = open.words(each)
    found.chunks += words.size()
    const match = call.mode === 'vector' ? undefined : toMatch(open.worthwhile(each, call.query))
    if (match) found.words.push(...words.search(match, depth, within && [...within]))
    return true
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    open.forget(each.rowId)
    return false
  }
}

async function chunksMatching(
  db: KnowledgeDb,
  { rowId }: SearchedCollection,
  filter: DocumentFilter,
): Promise<Set<number>> {
  const documents = await db.retrieval.attributes(rowId)
  const matching = documents.filter(({ attributes }) => matches(filter, attributes))
  return new Set(await db.retrieval.chunksOf(matching.map(({ documentRow }) => documentRow)))
}

async function readCandidates(
  db: KnowledgeDb,
  fused: readonly Fused[],
  vectors: readonly Neighbour[],
): Promise<Candidate[]> {
  const chunks = await db.retrieval.chunks(fused.map(({ rowId }) => rowId))
  const byRow = new Map(chunks.map((chunk) => [chunk.rowId, chunk]))
  const similarities = new Map(vectors.map(({ rowId, score }) => [rowId, score]))
  return fused.flatMap(({ rowId, score }) => {
    const chunk = byRow.get(rowId)
    return chunk ? [{ ...chunk, score, similarity: similarities.get(rowId) }] : []
  })
}

async function readNeighbours(
  db: KnowledgeDb,
  { documentRow, ordinal }: { documentRow: number; ordinal: number },
): Promise<{ before?: string; after?: string }> {
  const found = await db.retrieval.neighbours(documentRow, [ordinal - 1, ordinal + 1])
  const textAt = (at: number): string | undefined => found.find((each) => each.ordinal === at)?.text
  const before = textAt(ordinal - 1)
  const after = textAt(ordinal + 1)
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
}
