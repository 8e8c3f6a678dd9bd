import type { TavilyClient } from '@tavily/core'
import { orAborted } from '../../or-aborted.ts'
import { failedAt, refusedBy } from './search-error.ts'
import { toHits } from './hit.ts'
import type { SearchProvider, SearchQuery } from './types.ts'

export interface TavilyOptions {
  apiKey: string
  baseUrl: string
  depth: 'basic' | 'advanced'
}

const timeoutSeconds = 15

/**
 * https://docs.tavily.com. The library takes no signal: an abort stops the waiting, and the request ends by its own
 * timeout. It is loaded at the first search, for it brings a tokenizer and takes half a second.
 */
export function createTavily({ apiKey, baseUrl, depth }: TavilyOptions): SearchProvider {
  let client: Promise<TavilyClient> | undefined
  const load = async (): Promise<TavilyClient> => {
    const { tavily } = await import('@tavily/core')
    return tavily({ apiKey, apiBaseURL: baseUrl })
  }
  return {
    name: 'tavily',
    async search(query, { signal }) {
      client ??= load()
      const { search } = await client
      try {
        const { results } = await orAborted(search(query.query, toOptions(query, depth)), signal)
        return toHits(
          results.map(({ url, title, content, publishedDate }) => ({
            url,
            title,
            snippet: content,
            published: publishedDate,
          })),
        )
      } catch (error) {
        signal.throwIfAborted()
        throw toSearchError(error)
      }
    },
  }
}

function toOptions(query: SearchQuery, depth: TavilyOptions['depth']) {
  const { count, freshness, includeDomains, excludeDomains } = query
  return {
    searchDepth: depth,
    maxResults: count,
    timeout: timeoutSeconds,
    ...(freshness && { timeRange: freshness }),
    ...(includeDomains.length > 0 && { includeDomains: [...includeDomains] }),
    ...(excludeDomains.length > 0 && { excludeDomains: [...excludeDomains] }),
  }
}

/** The library keeps no status, only the service's words or `<status> Error: <body>`. */
function toSearchError(cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : ''
  if (/^40[13] Error|unauthorized|api key|forbidden/i.test(message))
    return refusedBy('tavily', 'its key is wrong. Check TAVILY_API_KEY.', cause)
  if (/^43[23] Error|usage limit|exceeds your plan/i.test(message))
    return refusedBy('tavily', 'its plan is used up.', cause)
  if (/^429 Error|excessive requests|rate limit/i.test(message))
    return failedAt('tavily', 'too many searches in a short time.', { cause, status: 429 })
  if (/timed out/i.test(message)) return failedAt('tavily', 'it did not answer in time.', { cause })
  if (/AxiosError|ECONN|ENOTFOUND|EAI_AGAIN|network/i.test(message))
    return failedAt('tavily', 'it cannot be reached.', { cause })
  if (/^4\d\d Error/.test(message))
    return failedAt('tavily', 'it did not accept this search.', { cause, status: 400 })
  return failedAt('tavily', 'its answer cannot be understood.', { cause })
}
