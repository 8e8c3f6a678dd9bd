const tracking = /^(utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|igshid|ref_src)$/

/** Two results with the same one are the same page. */
export function canonicalUrl(text: string): string {
  const url = new URL(text)
  url.hash = ''
  const names = [...url.searchParams.keys()].filter((name) => tracking.test(name))
  for (const name of names) url.searchParams.delete(name)
  url.searchParams.sort()
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.host.replace(/^www\./, '')}${path}${url.search}`
}
