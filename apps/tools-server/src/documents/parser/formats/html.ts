import type { Format } from '../source.ts'
import { cutText, decodeText } from '../text.ts'
import { readHtml } from './html-blocks.ts'

export const html: Format = {
  parse({ bytes }) {
    const { title, blocks } = readHtml(decodeText(bytes))
    return { title, blocks }
  },
  describe({ bytes }) {
    const { title, headings, blocks } = readHtml(decodeText(bytes))
    const text = blocks.map((block) => block.text).join('\n')
    return {
      kind: 'HTML page',
      facts: [
        ...(title ? [`title: ${title}`] : []),
        `${text.length} characters of text`,
        ...listHeadings(headings),
      ],
      excerpt: cutText(text, 12_000),
    }
  },
}

export function listHeadings(headings: readonly { level: number; text: string }[]): string[] {
  if (headings.length === 0) return []
  const shown = headings.slice(0, 40).map(({ level, text }) => `${'#'.repeat(level)} ${text}`)
  return [`headings: ${shown.join('; ')}`]
}
