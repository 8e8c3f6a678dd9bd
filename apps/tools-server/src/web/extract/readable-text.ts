import { Readability } from '@mozilla/readability'
import { JSDOM, VirtualConsole } from 'jsdom'
import { renderHtml } from './render-html.ts'
import type { Extracted, ExtractJob } from './types.ts'

const maxElements = 30_000

/** The article of a page; undefined where there is none. Scripts are not run and nothing is loaded. Slow: see README. */
export function readableText({ html, url, links }: ExtractJob): Extracted | undefined {
  const dom = new JSDOM(html, { url, virtualConsole: new VirtualConsole() })
  try {
    const article = new Readability(dom.window.document, { maxElemsToParse: maxElements }).parse()
    if (!article?.content) return undefined
    const { text } = renderHtml(article.content, { linkBase: links ? url : undefined })
    return {
      title: article.title ?? '',
      text,
      ...(article.byline && { byline: article.byline }),
      ...(article.publishedTime && { published: article.publishedTime }),
    }
  } finally {
    dom.window.close()
  }
}
