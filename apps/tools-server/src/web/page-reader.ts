import { AppError } from '@tandem/schemas'
import type { Extractor } from './extract/extract.ts'
import type { FetchText } from './fetch/fetch-text.ts'
import type { TtlCache } from './ttl-cache.ts'

/** A page as text. */
export interface Page {
  /** Where its redirects ended. */
  url: string
  title: string
  text: string
  byline?: string
  published?: string
  mediaType: string
  /** The page is longer than is fetched. */
  truncated: boolean
}

export interface PageQuery {
  owner: string
  url: string
  links: boolean
}

export interface PageReader {
  /** @throws AppError `url_refused`, `page_unreachable`, `page_error` or `page_unreadable` */
  read(query: PageQuery, options: { signal: AbortSignal }): Promise<Page>
  close(): Promise<void>
}

export interface PageReaderOptions {
  fetchText: FetchText
  extractor: Extractor
  /** By owner: nobody learns what another one reads. */
  cache: TtlCache<Page>
}

export function createPageReader({ fetchText, extractor, cache }: PageReaderOptions): PageReader {
  const load = async (query: PageQuery, signal: AbortSignal): Promise<Page> => {
    const { url, kind, mediaType, text, truncated } = await fetchText(query.url, { signal })
    const extracted =
      kind === 'html'
        ? await extractor.extract({ html: text, url, links: query.links }, { signal })
        : { title: '', text: text.trim() }
    if (extracted.text === '') throw new AppError('page_unreadable')
    return { url, mediaType, truncated, ...extracted, title: extracted.title || url }
  }
  return {
    async read(query, { signal }) {
      const key = JSON.stringify([query.owner, query.url, query.links])
      const known = cache.get(key)
      if (known) return known
      const page = await load(query, signal)
      cache.set(key, page)
      return page
    },
    close: () => extractor.close(),
  }
}
