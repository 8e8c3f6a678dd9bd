import { AppError } from '@tandem/schemas'
import type { TtlCache } from '../ttl-cache.ts'
import { canonicalUrl } from './canonical-url.ts'
import { isWithinDomains } from './domains.ts'
import type { SearchAnswer, SearchHit, SearchProvider, SearchQuery } from './types.ts'

export interface WebSearch {
  isConfigured(): boolean
  /** @throws AppError `search_failed` or `search_credentials`, of the provider that was asked first. */
  search(
    query: SearchQuery,
    options: { owner: string; signal: AbortSignal },
  ): Promise<SearchAnswer & { cached: boolean }>
}

export interface WebSearchOptions {
  providers: readonly SearchProvider[]
  /** By owner: nobody learns what another one asks. */
  cache: TtlCache<SearchAnswer>
  now: () => number
}

/** How long a provider that failed is asked only after the others. */
const restMs = 60_000

/** One search over all providers: the first that answers is taken. */
export function createWebSearch({ providers, cache, now }: WebSearchOptions): WebSearch {
  const restUntil = new Map<string, number>()
  const isResting = ({ name }: SearchProvider): boolean => (restUntil.get(name) ?? 0) > now()
  const inOrder = (): SearchProvider[] => [
    ...providers.filter((provider) => !isResting(provider)),
    ...providers.filter(isResting),
  ]
  const ask = async (query: SearchQuery, signal: AbortSignal): Promise<SearchAnswer> => {
    const failures: unknown[] = []
    for (const provider of inOrder()) {
      try {
        const hits = await provider.search(query, { signal })
        restUntil.delete(provider.name)
        return { provider: provider.name, hits: chooseHits(hits, query), askedAt: now() }
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof AppError)) throw error
        restUntil.set(provider.name, now() + restMs)
        failures.push(error)
      }
    }
    throw failures[0] ?? new AppError('search_failed', { message: 'No search is configured.' })
  }
  return {
    isConfigured: () => providers.length > 0,
    async search(query, { owner, signal }) {
      const key = JSON.stringify([owner, query])
      const known = cache.get(key)
      if (known) return { ...known, cached: true }
      const answer = await ask(query, signal)
      cache.set(key, answer)
      return { ...answer, cached: false }
    },
  }
}

function chooseHits(hits: readonly SearchHit[], query: SearchQuery): SearchHit[] {
  const seen = new Set<string>()
  const chosen = hits.filter(({ url }) => {
    const canonical = canonicalUrl(url)
    if (seen.has(canonical) || !isWithinDomains(url, query)) return false
    seen.add(canonical)
    return true
  })
  return chosen.slice(0, query.count)
}
