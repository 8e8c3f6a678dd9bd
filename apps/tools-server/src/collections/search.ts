/** A search as it is asked for: embed the query, rank in the thread, rerank, choose, add what stands around. */
import { AppError, type DocumentFilter } from '@tandem/schemas'
import type { Embeddings } from '../embeddings/embeddings.ts'
import type { Caller } from '../threads/caller.ts'
import type { BackgroundBuilds } from './background-builds.ts'

import { createQueryVectors } from './query-vectors.ts'
import { diversify } from './ranking/diversify.ts'
import type { Reranker } from './rerank.ts'
import type { IndexCalls } from './threads/index-calls.ts'
import type {
  Candidate,
  SearchCall,
  SearchCalls,
  SearchMode,
  SearchReply,
} from './threads/search-calls.ts'

export interface SearchQuery {
  /** Ids of the owner's collections; one that is not there fails all. */
  collections: readonly string[]
  query: string
  /** How many results; 5. */
  k?: number | undefined
  filter?: DocumentFilter | undefined
  /** Results of this score or a higher one alone. */
  minScore?: number | undefined
  /** One of the two halves alone; for comparing. */
  mode?: SearchMode | undefined
  rerank?: boolean | undefined
}

export interface SearchHit {
  /** 0 to 1, also from one search to the next: see `relevanceOf`. The reranker's own where there is one. */
  score: number
  /** 0 to 1, within one search: how near the top of its rankings; what results are ordered by. */
  rank: number
  /** The cosine of query and chunk, where vectors found it. */
  similarity?: number | undefined
  collectionId: string
  documentId: string
  fileId: string | null
  title: string
  attributes: Candidate['attributes']
  /** The place of the chunk in its document, from 0. */
  ordinal: number
  text: string
  page?: number | undefined
  heading?: string | undefined
  sheet?: string | undefined
  line?: number | undefined
  /** The chunks before and after it. */
  before?: string | undefined
  after?: string | undefined
}

export interface SearchAnswer {
  hits: SearchHit[]
  /** How they were found: `lexical` is by words alone. */
  mode: SearchMode
  reranked: boolean
  /** Why it is not as good as it could be. */
  notice?: string | undefined
}

export interface SearchParts {
  indexThread: Caller<IndexCalls>
  searchThread: Caller<SearchCalls>
  builds: BackgroundBuilds
  embeddings: Embeddings
  reranker: Reranker | undefined
  onError: (error: unknown) => void
}

export const maxResults = 50
const maxQuery = 8192
const candidatesFor = (k: number): number => Math.max(50, k * 3)
const rerankedAtMost = 30

type Found = Extract<SearchReply, { kind: 'found' }>

export function createSearch(parts: SearchParts) {
  const vectors = createQueryVectors()

  async function embed(
    query: string,
    signal: AbortSignal,
  ): Promise<Pick<SearchCall, 'vector'> & { notice?: string }> {
    const embedder = parts.embeddings.ready()
    if (!embedder) return { notice: whyLexical(parts.embeddings) }
    try {
      const values = await vectors.of(embedder, query, signal)
      return { vector: { values, embedder: embedder.name } }
    } catch (error) {
      signal.throwIfAborted()
      parts.onError(error)
      return { notice: 'The embedding model did not answer: found by words alone.' }
    }
  }

  return async (
    owner: string,
    { query, collections, k = 5, mode = 'hybrid', ...rest }: SearchQuery,
    { signal }: { signal: AbortSignal },
  ): Promise<SearchAnswer> => {
    const text = query.trim().slice(0, maxQuery)
    if (text === '')
      throw new AppError('invalid_request', { message: 'The query is empty.', param: 'query' })
    const wanted = Math.min(Math.max(1, k), maxResults)
    const { vector, notice } = mode === 'lexical' ? {} : await embed(text, signal)
    const call = {
      owner,
      collections,
      query: text,
      vector,
      mode,
      filter: rest.filter,
      limit: candidatesFor(wanted),
    }
    const found = await askThread(parts, call, signal)
    parts.builds.offer(found.worthBuilding, vector?.embedder)
    const rated = await rerank(
      parts,
      { query: text, candidates: found.candidates, rerank: rest.rerank },
      signal,
    )
    const relevant = toRelevant(parts, { ...call, reranked: rated.reranked })
    const chosen =
      rest.minScore === undefined
        ? await relevant(diversify(rated.candidates, wanted))
        : diversify(atLeast(await relevant(rated.candidates), rest.minScore), wanted)
    const hits = await addContext(parts, chosen)
    return {
      hits,
      mode: vector ? mode : 'lexical',
      reranked: rated.reranked,
      notice: notice ?? rated.notice ?? incomplete(found, vector !== undefined),
    }
  }
}

function whyLexical(embeddings: Embeddings): string {
  const state = embeddings.state()
  switch (state.state) {
    case 'loading':
      return 'The embedding model is being loaded: found by words alone.'
    case 'unavailable':
      // Why, and what to do, is the operator's to know: it names paths of this machine.
      return 'There is no embedding model: found by words alone. The log of the tools server says why.'
    case 'off':
    case 'ready':
      return 'No embedding model is configured: found by words alone.'
    default:
      return state satisfies never
  }
}

/** Some chunks may have been indexed while there was no model. */
function incomplete(
  { embedded, chunks }: { embedded: number; chunks: number },
  hasVector: boolean,
): string | undefined {
  if (!hasVector || embedded >= chunks) return undefined
  return `${chunks - embedded} of ${chunks} chunks are not embedded yet and were found by words alone.`
}

const attempts = 3

/** Brings indexes up to date that are not, and asks again. */
async function askThread(
  { indexThread, searchThread }: SearchParts,
  call: SearchCall,
  signal: AbortSignal,
): Promise<Found> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted()
    const reply = await searchThread.call('search', { ...call, asItIs: attempt > attempts })
    if (reply.kind === 'found') return reply
    if (reply.kind === 'not_found') throw new AppError('collection_not_found')
    if (attempt > attempts + 2) throw new AppError('storage_unavailable', { retryAfterMs: 1000 })
    for (const each of reply.collections) await indexThread.call('refresh', each)
  }
}

async function rerank(
  { reranker, onError }: SearchParts,
  {
    query,
    candidates,
    rerank: wanted = true,
  }: { query: string; candidates: Candidate[]; rerank: boolean | undefined },
  signal: AbortSignal,
): Promise<{ candidates: Candidate[]; reranked: boolean; notice?: string }> {
  if (!reranker || !wanted || candidates.length === 0) return { candidates, reranked: false }
  const first = candidates.slice(0, rerankedAtMost)
  try {
    const texts = first.map(({ title, text }) => (title === '' ? text : `${title}\n${text}`))
    const ratings = await reranker.rate(query, texts, signal)
    const rated = first.map((each, at) => ({ ...each, score: ratings[at] ?? 0 }))
    return { candidates: rated.toSorted((a, b) => b.score - a.score), reranked: true }
  } catch (error) {
    signal.throwIfAborted()
    onError(error)
    return {
      candidates,
      reranked: false,
      notice: 'The reranker did not answer: in the order of the search alone.',
    }
  }
}

type Relevant = Candidate & { relevance: number }

/** What a reranker says counts more than what we can. */
function toRelevant(
  { searchThread }: SearchParts,
  { owner, collections, query, reranked }: SearchCall & { reranked: boolean },
): (candidates: readonly Candidate[]) => Promise<Relevant[]> {
  return async (candidates) => {
    if (reranked) return candidates.map((each) => ({ ...each, relevance: each.score }))
    const call = { owner, collections, query, candidates }
    const relevances = await searchThread.call('relevance', call)
    return candidates.map((each, at) => ({ ...each, relevance: relevances[at] ?? 0 }))
  }
}

function atLeast(candidates: readonly Relevant[], least: number): Relevant[] {
  return candidates.filter(({ relevance }) => relevance >= least)
}

async function addContext(
  { searchThread }: SearchParts,
  chosen: readonly Relevant[],
): Promise<SearchHit[]> {
  const places = chosen.map(({ documentRow, ordinal }) => ({ documentRow, ordinal }))
  const around = chosen.length === 0 ? [] : await searchThread.call('neighbours', places)
  return chosen.map((candidate, at) => toHit(candidate, around[at] ?? {}))
}

/** Row ids stay inside. */
function toHit(
  { rowId: _row, documentRow: _documentRow, place, score: rank, relevance, ...rest }: Relevant,
  around: { before?: string; after?: string },
): SearchHit {
  return { ...rest, score: relevance, rank, ...place, ...around }
}
