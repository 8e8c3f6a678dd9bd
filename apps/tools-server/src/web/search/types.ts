export const freshnessValues = ['day', 'week', 'month', 'year'] as const
export type Freshness = (typeof freshnessValues)[number]

export interface SearchQuery {
  query: string
  /** 1 to 20. */
  count: number
  freshness?: Freshness | undefined
  /** Domains, subdomains included: only these… */
  includeDomains: readonly string[]
  /** …and none of these. */
  excludeDomains: readonly string[]
}

export interface SearchHit {
  url: string
  title: string
  snippet: string
  /** `YYYY-MM-DD` */
  published?: string | undefined
}

/** A search engine. Best hits first; it may give more or fewer than were asked for, and hits beyond the domains. */
export interface SearchProvider {
  readonly name: string
  /** @throws AppError `search_failed` or `search_credentials` */
  search(query: SearchQuery, options: { signal: AbortSignal }): Promise<SearchHit[]>
}

export interface SearchAnswer {
  provider: string
  hits: SearchHit[]
  /** Milliseconds since 1970 when the provider was asked. */
  askedAt: number
}
