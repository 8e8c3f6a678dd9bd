/** XLSX: rows of each sheet with their header. Only cells that are there are looked at, whatever size a sheet claims. */
import { read as readWorkbook, utils, type CellObject, type WorkSheet } from '@e965/xlsx'
import type { DocumentBlock } from '@tandem/schemas'
import { openArchive, repack, type Archive } from '../archive.ts'
import { DocumentFault } from '../fault.ts'
import type { Format, Source } from '../source.ts'
import { listProperties, readProperties } from '../xml.ts'
import { describeTable, toBlocks, toTable, type Row, type Table } from './rows.ts'

interface Sheet {
  name: string
  table: Table
}

export const workbook: Format = {
  parse(source) {
    const { archive, sheets } = read(source)
    return { title: readProperties(archive).get('title'), blocks: allBlocks(sheets) }
  },
  describe(source) {
    const { archive, sheets } = read(source)
    const described = sheets.map(({ name, table }) => ({ name, ...describeTable(table) }))
    return {
      kind: 'Excel workbook',
      facts: [
        `${sheets.length} ${sheets.length === 1 ? 'sheet' : 'sheets'}: ${sheets.map(({ name }) => name).join(', ')}`,
        ...described.flatMap(({ name, facts }) => facts.map((fact) => `sheet ${name}: ${fact}`)),
        ...listProperties(readProperties(archive)),
      ],
      excerpt: described
        .filter(({ sample }) => sample !== '')
        .map(({ name, sample }) => `[sheet ${name}]\n${sample}`)
        .join('\n'),
    }
  },
}

function* allBlocks(sheets: readonly Sheet[]): Generator<DocumentBlock> {
  for (const { name, table } of sheets) yield* toBlocks(table, { sheet: name })
}

const isWanted = (name: string): boolean =>
  /\.(xml|rels|bin)$/.test(name) && !name.includes('/media/')

function read({ bytes }: Source): { archive: Archive; sheets: Sheet[] } {
  const archive = openArchive(bytes, isWanted)
  if (!archive['xl/workbook.xml']) throw new DocumentFault('document_unreadable')
  const book = readWorkbook(repack(archive), {
    type: 'array',
    dense: true,
    cellDates: true,
    cellFormula: false,
    cellHTML: false,
  })
  const sheets = book.SheetNames.map((name) => ({
    name,
    table: toTable(rowsOf(book.Sheets[name])),
  }))
  return { archive, sheets }
}

function rowsOf(sheet: WorkSheet | undefined): Row[] {
  const data = (sheet?.['!data'] ?? []) as (CellObject | undefined)[][]
  const rows: Row[] = []
  // Not `map`: rows and cells that are not there are holes, and a loop by index would visit millions.
  data.forEach((cells, at) => {
    const values: string[] = []
    cells.forEach((cell, column) => {
      if (cell) values[column] = toText(cell)
    })
    if (values.length > 0)
      rows.push({ values: Array.from(values, (value) => value ?? ''), line: at + 1 })
  })
  return rows
}

function toText(cell: CellObject): string {
  if (cell.v instanceof Date) return toDate(cell.v)
  return (cell.w ?? utils.format_cell(cell)).trim()
}

function toDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return ''
  const iso = date.toISOString()
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19)
}
