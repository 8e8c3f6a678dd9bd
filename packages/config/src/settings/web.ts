import { z } from 'zod'
import { httpUrl, oneOf, text, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

const hostList = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter((entry) => entry !== ''))
  .pipe(
    z.array(
      z.string().regex(/^[\w.-]+(:\d{1,5})?$/, {
        error: 'give hosts such as wiki.example or 10.0.0.5:8080, without http://',
      }),
    ),
  )

/** Web search is on where a provider is configured; they are asked in this order until one answers. */
export const webSettings = {
  tavilyApiKey: setting('TAVILY_API_KEY', text, {
    doc: 'Key of Tavily (tavily.com); turns web search on.',
  }),
  tavilySearchDepth: setting('TAVILY_SEARCH_DEPTH', oneOf('basic', 'advanced'), {
    default: 'advanced',
    doc: 'Depth of Tavily searches: basic is faster and costs half of advanced.',
  }),
  tavilyBaseUrl: setting('TAVILY_BASE_URL', httpUrl, {
    default: 'https://api.tavily.com',
    doc: 'Base URL of Tavily.',
  }),
  braveApiKey: setting('BRAVE_API_KEY', text, {
    doc: 'Key of the Brave Search API; turns web search on.',
  }),
  braveBaseUrl: setting('BRAVE_BASE_URL', httpUrl, {
    default: 'https://api.search.brave.com',
    doc: 'Base URL of the Brave Search API.',
  }),
  searxngBaseUrl: setting('SEARXNG_BASE_URL', httpUrl, {
    doc: 'Base URL of a SearXNG of your own, with json among its search.formats; turns web search on.',
  }),
  websearchMaxResults: setting('WEBSEARCH_MAX_RESULTS', wholeNumber({ min: 1, max: 20 }), {
    default: '5',
    doc: 'Results of a web search where the call does not say how many.',
  }),
  fetchPrivateHosts: setting('FETCH_PRIVATE_HOSTS', hostList, {
    default: '',
    defaultDoc: 'none',
    doc: 'Comma-separated host or host:port of your own network that fetch_page may read.',
  }),
}
