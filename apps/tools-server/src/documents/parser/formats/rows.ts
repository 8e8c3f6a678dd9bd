/** Tables: a row as text that says what its values are, and what a table is like as a whole. */
import type { DocumentBlock } from '@tandem/schemas'
import { toOneLine } from '../text.ts'

/** Values as text; its line in the file or the sheet, from 1. */
export interface Row {
  values: string[]
  line: number
}

export interface Table {
  header: string[]
  rows: Row[]
}

/** The first row is the header where its values are all there, differ, and are no numbers. */
export function toTable(rows: readonly Row[]): Table {
  const [first, ...rest] = rows
  if (!first) return { header: [], rows: [] }
  if (isHeader(first.values) && rest.length > 0) {
    return { header: first.values.map((name) => toOneLine(name, 100)), rows: rest }
  }
  const width = rows.slice(0, 100).reduce((most, { values }) => Math.max(most, values.length), 0)
  return { header: Array.from({ length: width }, (_, at) => `column ${at + 1}`), rows: [...rows] }
}

function isHeader(values: readonly string[]): boolean {
  const names = values.map((value) => value.trim())
  const filled = names.filter((name) => name !== '')
  return (
    filled.length > 0 &&
    filled.length >= names.length / 2 &&
    filled.every((name) => !isNumber(name)) &&
    new Set(filled).size === filled.length
  )
}

export function isNumber(text: string): boolean {
  return /^[-+]?(\d+([.,]\d+)*|\.\d+)([eE][-+]?\d+)?\s?%?$/.test(text.trim())
}

/** `name: Ann | age: 31` */
export function* toBlocks(
  { header, rows }: Table,
  place: { sheet?: string } = {},
): Generator<DocumentBlock> {
  for (const { values, line } of rows) {
    const text = values
      .map((value, at) =>
        value.trim() === '' ? '' : `${header[at] || `column ${at + 1}`}: ${value}`,
      )
      .filter(Boolean)
      .join(' | ')
    if (text !== '') yield { text, line, ...place }
  }
}

const shownColumns = 60
const shownValues = 8

/** Its size, its columns with what kind of values they hold, and some rows. */
export function describeTable(
  { header, rows }: Table,
  count = rows.length,
): { facts: string[]; sample: string } {
  if (header.length === 0) return { facts: ['empty'], sample: '' }
  const names = header.slice(0, shownColumns).map((name, at) => name || `column ${at + 1}`)
  const more = header.length > shownColumns ? ` … and ${header.length - shownColumns} more` : ''
  const types = names.map((name, at) => `${name} (${typeOf(rows, at)})`)
  return {
    facts: [
      `${count} ${count === 1 ? 'row' : 'rows'}, ${header.length} ${header.length === 1 ? 'column' : 'columns'}`,
      `columns: ${types.join(', ')}${more}`,
    ],
    sample: [names, ...sampleRows(rows).map(({ values }) => values.slice(0, shownColumns))]
      .map((values) => values.map((value) => toOneLine(value, 60)).join(' | '))
      .join('\n'),
  }
}

/** The first and the last. */
function sampleRows(rows: readonly Row[]): Row[] {
  if (rows.length <= shownValues) return [...rows]
  return [...rows.slice(0, shownValues - 2), ...rows.slice(-2)]
}

function typeOf(rows: readonly Row[], column: number): string {
  const values = rows.slice(0, 1000).map((row) => row.values[column]?.trim() ?? '')
  const filled = values.filter((value) => value !== '')
  if (filled.length === 0) return 'empty'
  if (filled.every(isNumber)) return 'number'
  if (filled.every((value) => /^\d{4}-\d{2}-\d{2}([T ][\d:.+Z-]*)?$/.test(value))) return 'date'
  if (filled.every((value) => /^(true|false|yes|no)$/i.test(value))) return 'boolean'
  return 'text'
}
