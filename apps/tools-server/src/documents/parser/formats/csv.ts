/** CSV and TSV: rows with their header. What parts the values is found out. */
import { parse } from 'csv-parse/sync'
import { DocumentFault } from '../fault.ts'
import type { Format, Source } from '../source.ts'
import { decodeText, toLines } from '../text.ts'
import { describeTable, toBlocks, toTable, type Row, type Table } from './rows.ts'

export const csv: Format = {
  parse: (source) => ({ blocks: toBlocks(read(source).table) }),
  describe(source) {
    const { table, delimiter, rows } = read(source, largeChars)
    const { facts, sample } = describeTable(table, rows)
    const how = delimiter === ',' ? [] : [`delimiter: ${delimiterNames[delimiter] ?? delimiter}`]
    return { kind: 'CSV table', facts: [...facts, ...how], excerpt: sample }
  },
  lines: ({ bytes }) => toLines(decodeText(bytes)),
}

const delimiterNames: Record<string, string> = { '\t': 'tab', ';': 'semicolon', '|': 'bar' }

/** Of larger tables a description looks at the beginning, and counts the rows. */
const largeChars = 4_000_000

interface Read {
  table: Table
  delimiter: string
  /** How many there are in all, where not all were read. */
  rows?: number
}

function read({ bytes, name }: Source, maxChars = Infinity): Read {
  const text = decodeText(bytes)
  const delimiter = /\.tsv$/i.test(name) ? '\t' : findDelimiter(text)
  try {
    if (text.length <= maxChars) return { table: toTable(readRows(text, delimiter)), delimiter }
    const table = toTable(readRows(beginning(text, maxChars / 4), delimiter))
    const headerRows = table.rows[0]?.line === 1 ? 0 : 1
    return { table, delimiter, rows: countRecords(text) - headerRows }
  } catch (cause) {
    throw new DocumentFault('document_unreadable', { cause })
  }
}

function readRows(text: string, delimiter: string): Row[] {
  const records = parse(text, {
    delimiter,
    info: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as unknown as { record: string[]; info: { lines: number } }[]
  // `lines` is where a record ends; one that spans lines began earlier.
  return records.map(({ record, info }) => ({
    values: record,
    line: Math.max(1, info.lines - breaksIn(record)),
  }))
}

/** Whole lines. */
function beginning(text: string, chars: number): string {
  const end = text.lastIndexOf('\n', chars)
  return text.slice(0, end > 0 ? end : chars)
}

const newline = 10
const carriageReturn = 13
const quote = 34

/** Lines with something in them; a line break within quotes ends none. */
function countRecords(text: string): number {
  let records = 0
  let isQuoted = false
  let isEmpty = true
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) isQuoted = !isQuoted
    if (code === newline && !isQuoted) {
      if (!isEmpty) records += 1
      isEmpty = true
    } else if (code !== carriageReturn) isEmpty = false
  }
  return isEmpty ? records : records + 1
}

function breaksIn(record: readonly string[]): number {
  let breaks = 0
  for (const value of record) {
    for (let at = value.indexOf('\n'); at >= 0; at = value.indexOf('\n', at + 1)) breaks += 1
  }
  return breaks
}

/** The one that parts the first lines most evenly. */
function findDelimiter(text: string): string {
  const lines = toLines(text.slice(0, 65_536))
    .filter((line) => line.trim() !== '')
    .slice(0, 20)
  let best = { delimiter: ',', score: 0 }
  for (const delimiter of [',', ';', '\t', '|']) {
    const counts = lines.map((line) => line.split(delimiter).length - 1)
    const least = Math.min(...counts)
    const even = counts.filter((count) => count === counts[0]).length / Math.max(1, counts.length)
    const score = (counts[0] ?? 0) > 0 ? even + Math.min(least, 1) : 0
    if (score > best.score) best = { delimiter, score }
  }
  return best.delimiter
}
