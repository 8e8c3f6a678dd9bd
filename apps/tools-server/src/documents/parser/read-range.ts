/** A part of a document's text: by pages where it has them, else by lines. */
import type { DocumentBlock } from '@tandem/schemas'
import type { DocumentExcerpt, ReadRange } from '../messages.ts'
import { DocumentFault } from './fault.ts'
import type { Format, Source } from './source.ts'
import { toLines } from './text.ts'

interface Asked {
  range: ReadRange
  maxChars: number
}

export async function readRange(
  format: Format,
  source: Source,
  asked: Asked,
): Promise<DocumentExcerpt> {
  if (asked.range.unit === 'lines' && asked.range.sheet === undefined && format.lines) {
    return cut(format.lines(source), asked)
  }
  const { blocks } = await format.parse(source)
  return asked.range.unit === 'pages' ? readPages(blocks, asked) : readLines(blocks, asked)
}

async function readPages(
  blocks: AsyncIterable<DocumentBlock> | Iterable<DocumentBlock>,
  { range, maxChars }: Asked,
): Promise<DocumentExcerpt> {
  let text = ''
  let page = 0
  let goesOn = false
  for await (const block of blocks) {
    if (block.page === undefined) throw noPages()
    if (block.page < range.from) continue
    // A page that was begun is given whole, unless it is larger than all that may be given.
    goesOn = block.page > range.to || (block.page !== page && page > 0 && text.length > maxChars)
    if (goesOn) {
      page = block.page
      break
    }
    if (block.page !== page) text += `${text === '' ? '' : '\n'}[page ${block.page}]\n`
    page = block.page
    if (text.length <= maxChars * 2) text += `${block.text}\n`
  }
  return { unit: 'pages', text: text.trimEnd(), ...(goesOn && { next: page }) }
}

async function readLines(
  blocks: AsyncIterable<DocumentBlock> | Iterable<DocumentBlock>,
  asked: Asked,
): Promise<DocumentExcerpt> {
  const { sheet } = asked.range
  const lines: string[] = []
  const sheets = new Set<string>()
  for await (const block of blocks) {
    if (block.sheet !== undefined) sheets.add(block.sheet)
    if (block.sheet === (sheet ?? [...sheets][0])) lines.push(...toLines(block.text))
  }
  if (sheet !== undefined && !sheets.has(sheet)) throw noSheet(sheet, sheets)
  return cut(lines, asked)
}

function cut(lines: readonly string[], { range, maxChars }: Asked): DocumentExcerpt {
  let text = ''
  let line = range.from
  for (; line <= Math.min(range.to, lines.length); line += 1) {
    const next = lines[line - 1] ?? ''
    if (text !== '' && text.length + next.length > maxChars) break
    // A line alone may be larger than all that may be given.
    text += `${next.slice(0, maxChars)}\n`
  }
  const goesOn = line <= lines.length
  return {
    unit: 'lines',
    text: text.toWellFormed(),
    total: lines.length,
    ...(goesOn && { next: line }),
  }
}

function noPages(): DocumentFault {
  return new DocumentFault('document_unsupported', {
    message: 'This document has no pages: ask for lines.',
  })
}

function noSheet(sheet: string, sheets: ReadonlySet<string>): DocumentFault {
  return new DocumentFault('document_unsupported', {
    message: `There is no sheet '${sheet.slice(0, 64)}'. Sheets: ${[...sheets].join(', ').slice(0, 500)}.`,
  })
}
