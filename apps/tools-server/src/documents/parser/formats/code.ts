/** Source code of other languages: what begins at the margin after a blank line begins a block. */
import type { DocumentBlock } from '@tandem/schemas'
import type { Format } from '../source.ts'
import { cutText, decodeText, toLines } from '../text.ts'
import { countLines } from './plain.ts'

export const code: Format = {
  parse: ({ bytes }) => ({ blocks: toBlocks(toLines(decodeText(bytes))) }),
  describe({ bytes, name }) {
    const text = decodeText(bytes)
    const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]
    return {
      kind: extension ? `source code (.${extension.toLowerCase()})` : 'source code',
      facts: [countLines(text)],
      excerpt: cutText(text.trim(), 12_000),
    }
  },
  lines: ({ bytes }) => toLines(decodeText(bytes)),
}

function* toBlocks(lines: readonly string[]): Generator<DocumentBlock> {
  let start = 0
  for (let at = 1; at <= lines.length; at += 1) {
    const begins = /^[^\s})\]]/.test(lines[at] ?? '') && (lines[at - 1] ?? '').trim() === ''
    if (at < lines.length && !begins) continue
    yield { text: lines.slice(start, at).join('\n'), line: start + 1 }
    start = at
  }
}
