import { renderHtml } from './render-html.ts'
import type { Extracted, ExtractJob } from './types.ts'

const chrome: ReadonlySet<string> = new Set(['nav', 'header', 'footer', 'aside', 'form'])
const content: ReadonlySet<string> = new Set(['main', 'article'])
const enough = 200

/** The text of a page without understanding it: of its main part, else without its frame, else all of it. */
export function quickText({ html, url, links }: ExtractJob): Extracted {
  const linkBase = links ? url : undefined
  const attempts = [{ drop: chrome, within: content }, { drop: chrome }, {}]
  let best: Extracted = { title: '', text: '' }
  for (const attempt of attempts) {
    const { title, text } = renderHtml(html, { ...attempt, linkBase })
    if (text.length >= enough) return { title, text }
    if (text.length >= best.text.length) best = { title, text }
  }
  return best
}
