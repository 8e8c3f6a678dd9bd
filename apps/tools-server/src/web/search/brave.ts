import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@tandem/schemas'
import { z } from 'zod'
import { withDomainOperators } from './domains.ts'
import { stripHtml, toHits } from './hit.ts'
import { requestJson } from './request-json.ts'
import { failedAt, refusedBy } from './search-error.ts'
import type { Freshness, SearchHit, SearchProvider, SearchQuery } from './types.ts'

const schema = z.object({
  web: z
    .object({
      results: z.array(
        z.object({
          url: z.string().nullish(),
          title: z.string().nullish(),
          description: z.string().nullish(),
          page_age: z.string().nullish(),
          extra_snippets: z.array(z.string()).nullish(),
        }),
      ),
    })
    .nullish(),
})

export interface BraveOptions {
  apiKey: string
  baseUrl: string
  /** Before the one retry of a search that came too soon; the free plan takes one a second. */
  retryMs?: number
}

/** https://api-dashboard.search.brave.com/app/documentation/web-search */
export function createBrave({ apiKey, baseUrl, retryMs = 1_100 }: BraveOptions): SearchProvider {
  const ask = async (query: SearchQuery, signal: AbortSignal): Promise<SearchHit[]> => {
    const url = toUrl(baseUrl, query)
    const headers = { 'x-subscription-token': apiKey }
    const request = { provider: 'brave', url, headers, schema, refuse }
    const { web } = await requestJson(request, { signal })
    return toHits(
      (web?.results ?? []).map(({ url, title, description, page_age, extra_snippets }) => ({
        url,
        title: stripHtml(title),
        snippet: [description, ...(extra_snippets ?? [])].map(stripHtml).join(' '),
        published: page_age,
      })),
    )
  }
  return {
    name: 'brave',
    async search(query, { signal }) {
      try {
        return await ask(query, signal)
      } catch (error) {
        if (!(error instanceof AppError) || error.status !== 429) throw error
        await sleep(retryMs, undefined, { signal })
        return await ask(query, signal)
      }
    },
  }
}

const freshness: Record<Freshness, string> = { day: 'pd', week: 'pw', month: 'pm', year: 'py' }

function toUrl(baseUrl: string, query: SearchQuery): URL {
  const url = new URL(`${baseUrl}/res/v1/web/search`)
  url.searchParams.set('q', withDomainOperators(query))
  url.searchParams.set('count', String(query.count))
  if (query.freshness) url.searchParams.set('freshness', freshness[query.freshness])
  return url
}

function refuse(status: number): void {
  if (status === 401 || status === 403)
    throw refusedBy('brave', 'its key is wrong. Check BRAVE_API_KEY.')
  if (status === 402) throw refusedBy('brave', 'its plan is used up.')
  if (status === 429) throw failedAt('brave', 'too many searches in a short time.', { status })
}
