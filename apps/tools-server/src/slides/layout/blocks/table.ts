import type { BlockOf } from '@tandem/schemas'
import { measureText, type FontStyle } from '../../fonts/measure.ts'
import { plainText } from '../../text/inline.ts'
import { fontStyleOf, heightOfText, leadingOf, setText, toParagraph } from '../set-text.ts'
import { fitText, type FittedText } from '../text-box.ts'
import type { LayoutContext, TableBox, TableCell, TextStyle } from '../types.ts'
import { countThatFits, smallest, type BlockKind, type Space } from './block-kind.ts'
import { cutText } from './cut-text.ts'

type Table = BlockOf<'table'>
type Cell = Table['rows'][number][number]

const gap = 8

export const tableKind: BlockKind<Table> = {
  grows: false,
  height(block, space, context) {
    const table = setTable(block, space, context)
    return tableHeight(table) + captionHeight(fitCaption(block, space, context))
  },
  place(block, { rect, size, on }, context) {
    const table = setTable(block, { width: rect.w, size }, context)
    const caption = fitCaption(block, { width: rect.w, on }, context)
    const y = rect.y + captionHeight(caption)
    return [
      // Above, where it stays clear of rows that another program’s font makes higher.
      ...(caption ? [caption.toBox('Caption', { ...rect, h: caption.height })] : []),
      { kind: 'table', name: 'Table', x: rect.x, y, w: rect.w, h: tableHeight(table), ...table },
    ]
  },
  cut(block, room, context) {
    const withFirst = (most: number): Table => ({ ...block, rows: block.rows.slice(0, most) })
    const count = countThatFits(block.rows.length, room.height, (most) =>
      tableKind.height(withFirst(most), room, context),
    )
    if (count === block.rows.length) return { head: block }
    if (count > 0) {
      return { head: withFirst(count), rest: { ...block, rows: block.rows.slice(count) } }
    }
    if (!room.force) return { rest: block }
    const { rows, ...table } = setTable(withFirst(1), room, context)
    const above = captionHeight(fitCaption(block, room, context)) + (rows[0]?.height ?? 0)
    const left = room.height - above - 2 * table.padding.y
    return cutRow(block, { table, height: left }, context)
  },
}

/** One row that is higher than a page goes on in a second row. */
function cutRow(
  block: Table,
  {
    table,
    height,
  }: { table: Pick<TableBox, 'columnWidths' | 'padding' | 'style'>; height: number },
  context: LayoutContext,
): { head: Table; rest?: Table } {
  const [first = [], ...others] = block.rows
  const look = { ...table.style, on: '#FFFFFF' }
  const parts = first.map((cell, column) => {
    const width = (table.columnWidths[column] ?? 0) - 2 * table.padding.x
    const room = { width, height: Math.max(height, table.style.leading), look }
    return cutText(textOf(cell), room, context)
  })
  const rest = parts.map((part) => part.rest)
  const rows = rest.some((text) => text !== '') ? [rest, ...others] : others
  return {
    head: { ...block, rows: [parts.map((part) => part.head)] },
    ...(rows.length > 0 && { rest: { ...block, rows } }),
  }
}

function tableHeight({ rows }: Pick<TableBox, 'rows'>): number {
  return rows.reduce((sum, { height }) => sum + height, 0)
}

type SetTable = Pick<TableBox, 'columnWidths' | 'rows' | 'style' | 'padding' | 'rtl'>

function setTable(block: Table, { width, size }: Space, context: LayoutContext): SetTable {
  const heads = block.columns.map((head) => clip(head, mostHead / block.columns.length))
  const texts = [heads, ...block.rows.map((row) => row.map(textOf))].map((row) =>
    block.columns.map((_, column) => row[column] ?? ''),
  )
  const style = styleOf({ width, size }, texts, context)
  const padding = { x: block.columns.length > 6 ? 6 : 10, y: paddingFor(size) }
  const columnWidths = shareWidth(texts, { width, style, padding: padding.x }, context)
  const numeric = block.columns.map((_, column) =>
    block.rows.every((row) => isNumber(row[column] ?? null)),
  )
  const rows = texts.map((row, at) => {
    const cells = row.map((text, column): TableCell => {
      const inner = (columnWidths[column] ?? 0) - 2 * padding.x
      const [paragraph] = setText(
        [toParagraph(text)],
        { width: inner, style: at === 0 ? { ...style, bold: true } : style },
        context,
      )
      if (!paragraph) throw new Error('A paragraph was set into none.')
      return { paragraph, isNumber: numeric[column] ?? false }
    })
    const height = Math.max(...cells.map(({ paragraph }) => heightOfText([paragraph], style)))
    return { cells, height: height + 2 * padding.y }
  })
  return { columnWidths, rows, style, padding, rtl: context.rtl }
}

/** Rows of a table that has the slide to itself are high. */
function paddingFor(size: number): number {
  if (size >= 28) return 16
  return size > 22 ? 10 : size > 16 ? 7 : 5
}

/** The letters that all heads together may have, so that they leave room for rows. */
const mostHead = 360

function clip(text: string, most: number): string {
  const chars = Array.from(text)
  return chars.length <= most ? text : `${chars.slice(0, Math.floor(most) - 1).join('')}…`
}

/** As large as it may be without breaking words. */
function styleOf(
  { width, size }: Space,
  texts: readonly string[][],
  context: LayoutContext,
): TextStyle {
  const own = Math.max(smallest, Math.min(20, size - 4))
  const sample = texts.map((row) => row.join('')).join('')
  const color = context.theme.colors.ink
  const style = { font: 'body' as const, size: own, leading: leadingOf(own, sample, true), color }
  if (own === smallest || leastWidth(texts, style, context) <= width) return style
  return styleOf({ width, size: own + 3 }, texts, context)
}

function leastWidth(texts: readonly string[][], style: TextStyle, context: LayoutContext): number {
  const font = fontStyleOf({ bold: true }, style, context)
  const columns = (texts[0] ?? []).map((_, column) =>
    Math.max(...texts.map((row) => longestWord(row[column] ?? '', font))),
  )
  return columns.reduce((sum, word) => sum + word / 0.97 + 20, 0)
}

function longestWord(text: string, font: FontStyle): number {
  return Math.max(
    ...plainText(text)
      .split(/\s+/)
      .map((word) => measureText(word, font)),
  )
}

/** Each column gets its longest word at least, and what is left by how much it holds. */
function shareWidth(
  texts: readonly string[][],
  { width, style, padding }: { width: number; style: TextStyle; padding: number },
  context: LayoutContext,
): number[] {
  const font = fontStyleOf({ bold: true }, style, context)
  const heads = texts[0] ?? []
  const columns = heads.map((_, column) => {
    const cells = texts.map((row) => plainText(row[column] ?? ''))
    const whole = Math.max(...cells.map((text) => measureText(text, font))) / 0.97
    const word = Math.max(...cells.map((text) => longestWord(text, font)))
    return {
      least: Math.min(word / 0.97 + 2 * padding, (width / heads.length) * 1.5),
      whole: whole + 2 * padding,
    }
  })
  const least = sumOf(columns.map((column) => column.least))
  if (least >= width) return columns.map((column) => (column.least / least) * width)
  // What lies in many lines counts by its square root, so that one long text does not press the others.
  const wishes = columns.map(
    (column) => Math.sqrt(Math.max(column.whole - column.least, 0)) * 10 + column.least * 0.3 + 10,
  )
  const wished = sumOf(wishes)
  return columns.map((column, at) => column.least + ((width - least) * (wishes[at] ?? 0)) / wished)
}

function textOf(cell: Cell): string {
  if (cell === null) return ''
  return typeof cell === 'number'
    ? cell.toLocaleString('en-US', { maximumFractionDigits: 10 })
    : String(cell)
}

function isNumber(cell: Cell): boolean {
  return (
    typeof cell === 'number' ||
    (typeof cell === 'string' &&
      /^[-+−±~≈<>]?\s?[$€£¥]?\d[\d.,\s]*\s?([%‰×xkKMB]|pp|ms|s)?$/.test(cell.trim()))
  )
}

function captionHeight(caption: FittedText | undefined): number {
  return caption ? caption.height + gap : 0
}

function fitCaption(
  { caption }: Table,
  { width, on }: Pick<Space, 'width' | 'on'>,
  context: LayoutContext,
): FittedText | undefined {
  if (caption === undefined) return undefined
  const look = {
    size: smallest,
    color: context.theme.colors.muted,
    on: on ?? context.theme.colors.background,
  }
  return fitText([toParagraph(caption)], { width, look }, context)
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0)
}
