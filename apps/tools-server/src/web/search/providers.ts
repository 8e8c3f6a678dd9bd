import { createBrave } from './brave.ts'
import { createSearxng } from './searxng.ts'
import { createTavily } from './tavily.ts'
import type { SearchProvider } from './types.ts'

/** The settings of the search providers, by the names that the configuration gives them. */
export interface SearchSettings {
  tavilyApiKey?: string | undefined
  tavilyBaseUrl: string
  tavilySearchDepth: 'basic' | 'advanced'
  braveApiKey?: string | undefined
  braveBaseUrl: string
  searxngBaseUrl?: string | undefined
}

type Factory = (settings: SearchSettings) => SearchProvider | undefined

/** In the order in which they are asked. A new provider is one file and one line. */
const factories: readonly Factory[] = [
  ({ tavilyApiKey: apiKey, tavilyBaseUrl: baseUrl, tavilySearchDepth: depth }) =>
    apiKey === undefined ? undefined : createTavily({ apiKey, baseUrl, depth }),
  ({ braveApiKey: apiKey, braveBaseUrl: baseUrl }) =>
    apiKey === undefined ? undefined : createBrave({ apiKey, baseUrl }),
  ({ searxngBaseUrl: baseUrl }) => (baseUrl === undefined ? undefined : createSearxng({ baseUrl })),
]

/** Those that are configured. */
export function createSearchProviders(settings: SearchSettings): SearchProvider[] {
  return factories.flatMap((create) => create(settings) ?? [])
}
