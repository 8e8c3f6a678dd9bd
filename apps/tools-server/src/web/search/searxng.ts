import { z } from 'zod'
import { withDomainOperators } from './domains.ts'
import { toHits } from './hit.ts'
import { requestJson } from './request-json.ts'
import { failedAt, refusedBy } from './search-error.ts'
import type { SearchProvider, SearchQuery } from './types.ts'

const schema = z.object({
  results: z.array(
    z.object({
      url: z.string().nullish(),
      title: z.string().nullish(),
      content: z.string().nullish(),
      publishedDate: z.string().nullish(),
    }),
  ),
})

/** https://docs.searxng.org/dev/search_api.html: an instance of one's own, which must have the format json switched on. */
export function createSearxng({ baseUrl }: { baseUrl: string }): SearchProvider {
  return {
    name: 'searxng',
    async search(query, options) {
      const url = toUrl(baseUrl, query)
      const answer = await requestJson({ provider: 'searxng', url, schema, refuse }, options)
      return toHits(
        answer.results.map(({ url, title, content, publishedDate }) => ({
          url,
          title,
          snippet: content,
          published: publishedDate,
        })),
      )
    },
  }
}

function toUrl(baseUrl: string, query: SearchQuery): URL {
  const url = new URL(`${baseUrl}/search`)
  url.searchParams.set('q', withDomainOperators(query))
  url.searchParams.set('format', 'json')
  if (query.freshness) url.searchParams.set('time_range', query.freshness)
  return url
}

function refuse(status: number): void {
  if (status === 403)
    throw refusedBy('searxng', 'add json to search.formats in its settings.yml and restart it.')
  if (status === 429)
    throw failedAt('searxng', 'too many searches; its limiter should let this server pass.', {
      status,
    })
}
