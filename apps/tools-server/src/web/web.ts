import { createAccessRules, type AccessRules } from './address/access-rules.ts'
import { createExtractor } from './extract/extract.ts'
import { createFetchText } from './fetch/fetch-text.ts'
import type { ResolveName } from './fetch/guarded-agent.ts'
import { createPageReader, type PageReader } from './page-reader.ts'
import { createSearchProviders, type SearchSettings } from './search/providers.ts'
import { createWebSearch, type WebSearch } from './search/search.ts'
import { createTtlCache } from './ttl-cache.ts'

/** The web as tools see it. */
export interface Web {
  search: WebSearch
  pages: PageReader
  /** Results of a search where a call does not say how many. */
  maxResults: number
}

export interface WebSettings extends SearchSettings {
  websearchMaxResults: number
  /** Private `host` or `host:port` that may be read all the same. */
  fetchPrivateHosts: readonly string[]
}

/** What tests put in the place of the real world. */
export interface WebSeams {
  rules?: AccessRules
  resolve?: ResolveName
  fetchTimeoutMs?: number
  extractTimeoutMs?: number
}

const keptMs = 15 * 60_000

export function createWeb(settings: WebSettings, now: () => number, seams: WebSeams = {}): Web {
  const rules = seams.rules ?? createAccessRules({ privateHosts: settings.fetchPrivateHosts })
  return {
    search: createWebSearch({
      providers: createSearchProviders(settings),
      cache: createTtlCache({ ttlMs: keptMs, maxEntries: 500, now }),
      now,
    }),
    pages: createPageReader({
      fetchText: createFetchText({
        rules,
        resolve: seams.resolve,
        timeoutMs: seams.fetchTimeoutMs,
      }),
      extractor: createExtractor({ timeoutMs: seams.extractTimeoutMs }),
      cache: createTtlCache({ ttlMs: keptMs, maxEntries: 50, now }),
    }),
    maxResults: settings.websearchMaxResults,
  }
}
