import type { Block, BlockOf } from '@tandem/schemas'
import { formatValue } from '../../draw/chart/format-value.ts'
import type { LayoutContext } from '../../layout/types.ts'
import { escapeMarkdown, toInlineMarkdown } from './escape.ts'

export function toMarkdown(block: Block, context: LayoutContext): string {
  const heading = block.heading === undefined ? '' : `### ${toInlineMarkdown(block.heading)}\n\n`
  return `${heading}${write(block, context)}`
}

function write(block: Block, context: LayoutContext): string {
  switch (block.type) {
    case 'bullets':
      return writeBullets(block)
    case 'text':
      return toInlineMarkdown(block.text)
    case 'chart':
      return writeChart(block)
    case 'table':
      return writeTable(block)
    case 'image':
      return writeImage(block, context)
    case 'code':
      return writeCode(block)
    case 'quote':
      return writeQuote(block)
    case 'big_number':
      return `# ${escapeMarkdown(String(block.value))}\n\n${toInlineMarkdown(block.label)}`
    case 'timeline':
      return writeTimeline(block)
    default:
      return block satisfies never
  }
}

function writeBullets({ items, numbered }: BlockOf<'bullets'>): string {
  return items
    .map((item) => {
      const { text, level } = typeof item === 'string' ? { text: item, level: 0 } : item
      return `${'   '.repeat(level)}${numbered && level === 0 ? '1.' : '-'} ${toInlineMarkdown(text)}`
    })
    .join('\n')
}

/** Markdown has no charts: its numbers, as a table. */
function writeChart({ title, categories, series, unit, takeaway }: BlockOf<'chart'>): string {
  const rows = categories.map((name, at) => [
    name,
    ...series.map(({ values }) => {
      const value = values[at] ?? null
      return value === null ? '' : formatValue(value, unit)
    }),
  ])
  return [
    ...(title === undefined ? [] : [`### ${toInlineMarkdown(title)}`]),
    tableOf(['', ...series.map(({ name }) => name)], rows),
    ...(takeaway === undefined ? [] : [toInlineMarkdown(takeaway)]),
  ].join('\n\n')
}

function writeTable({ columns, rows, caption }: BlockOf<'table'>): string {
  const texts = rows.map((row) => columns.map((_, at) => String(row[at] ?? '')))
  const table = tableOf(columns, texts)
  return caption === undefined ? table : `${table}\n\n${toInlineMarkdown(caption)}`
}

function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [lineOf(columns), `|${columns.map(() => ' --- |').join('')}`, ...rows.map(lineOf)].join(
    '\n',
  )
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map(toInlineMarkdown).join(' | ')} |`
}

function writeImage(block: BlockOf<'image'>, context: LayoutContext): string {
  const { bytes, mediaType } = context.imageOf(block)
  const picture = `![${escapeMarkdown(block.alt)}](data:${mediaType};base64,${bytes.toString('base64')})`
  return block.caption === undefined ? picture : `${picture}\n\n${toInlineMarkdown(block.caption)}`
}

function writeCode({ code, language = '' }: BlockOf<'code'>): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${code}\n${fence}`
}

function writeQuote({ text, by }: BlockOf<'quote'>): string {
  const lines = toInlineMarkdown(text)
    .split('\n')
    .map((line) => `> ${line}`)
  return [...lines, ...(by === undefined ? [] : ['>', `> — ${toInlineMarkdown(by)}`])].join('\n')
}

function writeTimeline({ items }: BlockOf<'timeline'>): string {
  return items
    .map(({ when, title, text }) => {
      const what = `- **${escapeMarkdown(when)}** ${toInlineMarkdown(title)}`
      return text === undefined ? what : `${what}: ${toInlineMarkdown(text)}`
    })
    .join('\n')
}
