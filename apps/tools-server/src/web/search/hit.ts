import { renderHtml } from '../extract/render-html.ts'
import type { SearchHit } from './types.ts'

const maxTitle = 300
const maxSnippet = 1500

export interface RawHit {
  url?: string | null | undefined
  title?: string | null | undefined
  snippet?: string | null | undefined
  published?: string | null | undefined
}

/** A provider's hit in our words; undefined where it leads nowhere on the web. */
export function toHit({ url, title, snippet, published }: RawHit): SearchHit | undefined {
  const address = url ? URL.parse(url) : null
  if (address?.protocol !== 'https:' && address?.protocol !== 'http:') return undefined
  return {
    url: address.href,
    title: toLine(title, maxTitle) || address.hostname,
    snippet: toLine(snippet, maxSnippet),
    published: toDate(published),
  }
}

export function toHits(raw: readonly RawHit[]): SearchHit[] {
  return raw.flatMap((hit) => toHit(hit) ?? [])
}

/** Text without the tags and entities that some providers send. */
export function stripHtml(html: string | null | undefined): string {
  return renderHtml(html ?? '').text
}

function toLine(text: string | null | undefined, maxLength: number): string {
  const line = (text ?? '').replaceAll(/\s+/g, ' ').trim()
  return line.length <= maxLength ? line : `${line.slice(0, maxLength).toWellFormed()}…`
}

function toDate(text: string | null | undefined): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0]
  if (day) return day
  const time = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10)
}
