/** What a model is asked for by layout, and the blocks that it becomes. */
import { z } from 'zod'
import { blockSchema, chartKinds, type Block, type SlideLayout } from '@tandem/schemas'
import {
  isObject,
  line,
  lines,
  listOf,
  numberOrNull,
  paragraphs,
  places,
  toLine,
  toLines,
  wholeNumbers,
} from './loose.ts'

/** What every slide has beside its content. */
const frame = {
  title: line.describe('The one message of the slide, as a short statement.'),
  notes: paragraphs.describe('What the speaker says, in two to four sentences.'),
  sources: wholeNumbers.describe('Numbers of the passages that the slide rests on; empty if none.'),
}
export type SlideFrame = z.output<z.ZodObject<typeof frame>>

export interface SlideShape<Schema extends z.ZodType = z.ZodType<SlideFrame>> {
  schema: Schema
  /** As a caller could write them; what does not fit together is left out. */
  toBlocks(content: z.output<Schema>, picture?: Picture): Block[]
}

interface Picture {
  fileId: string
  name: string
}

/** More would not fit on one slide. */
const mostRows = 10
const mostEvents = 6
const mostCodeLines = 18

const bullets = lines.describe('Three to five points of at most twelve words each.')

const columnFields = z.object({ heading: line, bullets })
const columns = shape({ left: columnFields, right: columnFields }, ({ left, right }) =>
  [left, right].flatMap(({ heading, bullets: items }, at) =>
    toBlock({ type: 'bullets', items, heading: heading || undefined, column: at + 1 }),
  ),
)

const table = shape(
  {
    columns: places.describe('The heads of two to five columns.'),
    rows: z
      .preprocess(toRows, z.array(z.array(z.string())))
      .describe('Two to seven rows, a short cell for each column.'),
  },
  ({ columns: heads, rows }) =>
    toBlock({
      type: 'table',
      columns: heads,
      rows: rows.slice(0, mostRows).map((row) => row.slice(0, heads.length)),
    }),
)

const chart = shape(
  {
    kind: z.preprocess(toKind, z.enum(chartKinds)),
    categories: places,
    series: listOf(z.object({ name: line, values: listOf(numberOrNull) })),
    unit: line.describe('What the numbers count, such as %; or empty.'),
    takeaway: line.describe('What the chart shows, in one sentence.'),
  },
  ({ kind, categories, series, unit, takeaway }) =>
    toBlock({
      type: 'chart',
      kind,
      categories,
      series: series.map(({ name, values }) => ({
        name: name || 'Value',
        values: categories.map((_, at) => values[at] ?? null),
      })),
      ...(unit && { unit: unit.slice(0, 20) }),
      ...(takeaway && { takeaway }),
    }),
)

const shapes = {
  bullets: shape({ bullets }, ({ bullets: items }) => toBlock({ type: 'bullets', items })),
  closing: shape({ bullets }, ({ bullets: items }) => toBlock({ type: 'bullets', items })),
  two_columns: columns,
  comparison: columns,
  table,
  chart,
  big_number: shape(
    {
      value: line.describe('The number as it is to be shown, such as 42 % or $1.2 M.'),
      label: line.describe('What it counts, in a few words.'),
      bullets: lines.describe('At most three points beside it.'),
    },
    ({ value, label, bullets: items }) => [
      ...toBlock({ type: 'big_number', value, label }),
      ...toBlock({ type: 'bullets', items: items.slice(0, 3) }),
    ],
  ),
  quote: shape(
    { quote: line.describe('Word for word.'), by: line.describe('Who said it, and where.') },
    ({ quote, by }) =>
      toBlock({ type: 'quote', text: quote.replaceAll(/^["“«]|["”»]$/g, ''), by: by || undefined }),
  ),
  timeline: shape(
    {
      events: listOf(z.object({ when: line, title: line, text: line })).describe(
        'Three to six of them, in their order.',
      ),
    },
    ({ events }) =>
      toBlock({
        type: 'timeline',
        items: events
          .filter(({ when, title }) => when && title)
          .slice(0, mostEvents)
          .map(({ when, title, text }) => ({
            when: when.slice(0, 60),
            title,
            ...(text && { text }),
          })),
      }),
  ),
  code: shape(
    {
      language: line.describe('Such as python.'),
      code: paragraphs.describe('At most fifteen lines.'),
      bullets: lines.describe('At most three points about it.'),
    },
    ({ language, code, bullets: items }) => [
      ...toBlock({
        type: 'code',
        code: code
          .replaceAll(/^```.*\n|\n```$/g, '')
          .split('\n')
          .slice(0, mostCodeLines)
          .join('\n'),
        ...(/^[\w+#.-]{1,30}$/.test(language) && { language: language.toLowerCase() }),
      }),
      ...toBlock({ type: 'bullets', items: items.slice(0, 3) }),
    ],
  ),
  image: shape(
    { caption: line.describe('What is to be seen.'), bullets },
    ({ caption, bullets: items }, picture) => [
      ...(picture
        ? toBlock({
            type: 'image',
            file_id: picture.fileId,
            alt: caption || picture.name,
            ...(caption && { caption }),
          })
        : []),
      ...toBlock({ type: 'bullets', items }),
    ],
  ),
} as const satisfies Partial<Record<SlideLayout, unknown>>

export type WrittenLayout = keyof typeof shapes
export type AnyShape = SlideShape

export function shapeOf(layout: SlideLayout): AnyShape | undefined {
  return Object.hasOwn(shapes, layout) ? (shapes[layout as WrittenLayout] as never) : undefined
}

function shape<Fields extends z.ZodRawShape>(
  fields: Fields,
  toBlocks: (content: z.output<z.ZodObject<Fields>>, picture?: Picture) => Block[],
) {
  return {
    schema: z.object({ title: frame.title, ...fields, notes: frame.notes, sources: frame.sources }),
    toBlocks,
  }
}

/** None where it is not whole: a chart without numbers, a list without lines. */
function toBlock(block: { type: Block['type']; [key: string]: unknown }): Block[] {
  const parsed = blockSchema.safeParse(block)
  return parsed.success ? [parsed.data] : []
}

function toKind(value: unknown): string {
  const word = toLine(value).toLowerCase()
  return chartKinds.find((kind) => word.includes(kind)) ?? 'column'
}

/** Rows as lists; some models write objects by column. */
function toRows(value: unknown): string[][] {
  const rows: unknown[] = Array.isArray(value) ? value : []
  return rows
    .map((row) =>
      isObject(row)
        ? Object.values(row).map(toLine)
        : Array.isArray(row)
          ? row.map(toLine)
          : toLines(row),
    )
    .filter((row) => row.length > 0)
}
