import type { SearchQuery } from './types.ts'

/** The query with the domains as operators, for engines that have no fields for them. */
export function withDomainOperators({
  query,
  includeDomains,
  excludeDomains,
}: SearchQuery): string {
  const included = includeDomains.map((domain) => `site:${domain}`).join(' OR ')
  const excluded = excludeDomains.map((domain) => `-site:${domain}`)
  const wanted = includeDomains.length > 1 ? `(${included})` : included
  return [query, wanted, ...excluded].filter((part) => part !== '').join(' ')
}

/** Not all engines keep to them. */
export function isWithinDomains(
  url: string,
  { includeDomains, excludeDomains }: Pick<SearchQuery, 'includeDomains' | 'excludeDomains'>,
): boolean {
  const { hostname } = new URL(url)
  const isOf = (domain: string): boolean => hostname === domain || hostname.endsWith(`.${domain}`)
  return !excludeDomains.some(isOf) && (includeDomains.length === 0 || includeDomains.some(isOf))
}
