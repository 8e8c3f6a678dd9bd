/** A search for several queries: each by itself, and what they find put together. */
import type { Collections } from './collections.ts'
import type { SearchAnswer, SearchHit, SearchQuery } from './search.ts'

export type ManyQueries = Omit<SearchQuery, 'query' | 'mode'> & { queries: readonly string[] }

/** @throws AppError as `Collections.search` */
export async function searchAll(
  collections: Pick<Collections, 'search'>,
  owner: string,
  { search, signal }: { search: ManyQueries; signal: AbortSignal },
): Promise<SearchAnswer> {
  const { queries, ...rest } = search
  const [first = '', ...others] = queries
  const answer = await collections.search(owner, { ...rest, query: first }, { signal })
  for (const query of others) {
    const { hits } = await collections.search(owner, { ...rest, query }, { signal })
    answer.hits.push(...hits)
  }
  return others.length === 0 ? answer : { ...answer, hits: best(answer.hits, rest.k ?? 5) }
}

/** A passage that several queries find stands where the best of them has it. */
function best(hits: readonly SearchHit[], k: number): SearchHit[] {
  const found = new Map<string, SearchHit>()
  for (const hit of hits.toSorted((a, b) => b.rank - a.rank)) {
    const key = `${hit.documentId} ${hit.ordinal}`
    if (!found.has(key)) found.set(key, hit)
  }
  return [...found.values()].slice(0, k)
}
