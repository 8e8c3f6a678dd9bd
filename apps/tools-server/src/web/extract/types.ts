/** What goes to a worker. */
export interface ExtractJob {
  html: string
  /** Where it came from: links are relative to it. */
  url: string
  /** Whether the addresses of links are kept. */
  links: boolean
}

export interface Extracted {
  title: string
  text: string
  byline?: string
  /** As the page writes it. */
  published?: string
}
