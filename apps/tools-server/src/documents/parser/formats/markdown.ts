/** Markdown: paragraphs below their headings; code is not looked into for headings. */
import type { DocumentBlock } from '@tandem/schemas'
import { createHeadingPath } from '../headings.ts'
import type { Format } from '../source.ts'
import { cutText, decodeText, toLines, toOneLine } from '../text.ts'
import { countLines } from './plain.ts'

const fence = /^ {0,3}(`{3,}|~{3,})/
const hashes = /^ {0,3}(#{1,6})(?:\s+(.*?))?\s*#*\s*$/
const underline = /^ {0,3}(=+|-{2,})\s*$/

export const markdown: Format = {
  parse({ bytes }) {
    const lines = toLines(decodeText(bytes))
    return { title: findTitle(lines), blocks: toBlocks(lines) }
  },
  describe({ bytes }) {
    const text = decodeText(bytes)
    const headings = findHeadings(toLines(text))
    const shown = headings.slice(0, 40).map(({ level, text }) => `${'#'.repeat(level)} ${text}`)
    return {
      kind: 'Markdown text',
      facts: [countLines(text), ...(shown.length > 0 ? [`headings: ${shown.join('; ')}`] : [])],
      excerpt: cutText(text.trim(), 12_000),
    }
  },
  lines: ({ bytes }) => toLines(decodeText(bytes)),
}

interface Heading {
  level: number
  text: string
  /** The first of its lines, and the first after it. */
  from: number
  to: number
}

function findTitle(lines: readonly string[]): string | undefined {
  return findHeadings(lines).find(({ level }) => level === 1)?.text
}

function findHeadings(lines: readonly string[]): Heading[] {
  const headings: Heading[] = []
  let closing: string | undefined
  for (const [at, line] of lines.entries()) {
    const marks = fence.exec(line)?.[1]
    if (closing !== undefined) {
      if (marks?.startsWith(closing)) closing = undefined
    } else if (marks !== undefined) closing = marks
    else headings.push(...headingAt(lines, at))
  }
  return headings
}

function headingAt(lines: readonly string[], at: number): Heading[] {
  const line = lines[at] ?? ''
  // Long lines are prose; patterns are not tried on them.
  if (line.length > 500) return []
  const found = hashes.exec(line)
  if (found) {
    const text = toOneLine(found[2] ?? '')
    return [{ level: found[1]?.length ?? 1, text, from: at, to: at + 1 }]
  }
  const above = lines[at - 1]?.trim() ?? ''
  const isAlone = (lines[at - 2]?.trim() ?? '') === ''
  const mark = underline.exec(line)?.[1]
  if (!mark || above === '' || !isAlone || /^[>|*+-]/.test(above) || above.length > 200) return []
  return [{ level: mark.startsWith('=') ? 1 : 2, text: toOneLine(above), from: at - 1, to: at + 1 }]
}

function* toBlocks(lines: readonly string[]): Generator<DocumentBlock> {
  const path = createHeadingPath()
  let start = 0
  for (const { level, text, from, to } of findHeadings(lines)) {
    yield* section(lines.slice(start, from), start, path.path())
    path.enter(level, text)
    start = to
  }
  yield* section(lines.slice(start), start, path.path())
}

/** Its paragraphs; code stays in one piece. */
function* section(
  lines: readonly string[],
  offset: number,
  heading: string | undefined,
): Generator<DocumentBlock> {
  let open: string[] = []
  let start = 0
  let closing: string | undefined
  for (const [at, line] of [...lines, ''].entries()) {
    const marks = fence.exec(line)?.[1]
    if (closing !== undefined && marks?.startsWith(closing)) closing = undefined
    else if (closing === undefined) closing = marks
    if (line.trim() !== '' || closing !== undefined) {
      if (open.length === 0) start = at
      open.push(line)
    }
    if (open.length > 0 && (at === lines.length || (line.trim() === '' && closing === undefined))) {
      const place = { line: offset + start + 1, ...(heading !== undefined && { heading }) }
      yield { text: open.join('\n'), ...place }
      open = []
    }
  }
}
