/** Plain text: paragraphs and the lines that they begin at. */
import type { DocumentBlock } from '@tandem/schemas'
import type { Format } from '../source.ts'
import { cutText, decodeText, toLines } from '../text.ts'

export const plain: Format = {
  parse: ({ bytes }) => ({ blocks: toParagraphs(toLines(decodeText(bytes))) }),
  describe({ bytes }) {
    const text = decodeText(bytes)
    return { kind: 'text', facts: [countLines(text)], excerpt: cutText(text.trim(), 12_000) }
  },
  lines: ({ bytes }) => toLines(decodeText(bytes)),
}

export function countLines(text: string): string {
  const lines = toLines(text).length
  return `${lines} ${lines === 1 ? 'line' : 'lines'}, ${text.length} characters`
}

/** What blank lines part. */
export function* toParagraphs(lines: readonly string[]): Generator<DocumentBlock> {
  let open: string[] = []
  let start = 0
  for (const [at, line] of lines.entries()) {
    if (line.trim() !== '') {
      if (open.length === 0) start = at
      open.push(line)
    } else if (open.length > 0) {
      yield { text: open.join('\n'), line: start + 1 }
      open = []
    }
  }
  if (open.length > 0) yield { text: open.join('\n'), line: start + 1 }
}
