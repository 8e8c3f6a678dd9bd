/** What stands on a slide. */
import { z } from 'zod'

/** One line of text, not empty. */
export function shortText(max: number): z.ZodString {
  return z.string().min(1).max(max)
}

const columnNumberSchema = z
  .number()
  .int()
  .min(1)
  .max(3)
  .describe('In two_columns and comparison: the column it stands in, from 1.')

/** What every block may have. */
const shared = {
  heading: shortText(200).optional().describe('A short heading above it.'),
  column: columnNumberSchema.optional(),
}

/** How a picture is named. Pictures are never fetched from an address. */
export const imageFields = {
  file_id: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('The id of an uploaded or produced file: PNG, JPEG, GIF or WebP.'),
  data_url: z
    .string()
    .max(14_000_000)
    .regex(/^data:image\/(png|jpeg|gif|webp);base64,/, {
      error:
        'a picture is given by file_id, or as data:image/png;base64,… (png, jpeg, gif, webp); addresses are never fetched',
      abort: true,
    })
    .optional()
    .describe('The picture itself, as data:image/png;base64,…'),
}

/** A picture is named in exactly one way. */
export function oneImage(
  image: { file_id?: string | undefined; data_url?: string | undefined },
  { addIssue }: z.RefinementCtx,
): void {
  if ((image.file_id === undefined) !== (image.data_url === undefined)) return
  const message = 'give either file_id or data_url; addresses are never fetched'
  addIssue({ code: 'custom', path: ['file_id'], message })
}

const bulletSchema = z.union([
  shortText(2000),
  z.object({
    text: shortText(2000),
    level: z.number().int().min(0).max(2).default(0).describe('How deep it is indented, 0 to 2.'),
  }),
])

const bulletsBlockSchema = z
  .object({
    type: z.literal('bullets'),
    items: z.array(bulletSchema).min(1).max(500).describe('Best are 3 to 5, of 12 words at most.'),
    numbered: z.boolean().default(false).describe('Whether they are numbered.'),
    ...shared,
  })
  .describe('A list.')

const textBlockSchema = z
  .object({
    type: z.literal('text'),
    text: z.string().min(1).max(20_000).describe('Paragraphs, divided by an empty line.'),
    ...shared,
  })
  .describe('Plain text.')

const seriesSchema = z.object({
  name: shortText(120),
  values: z
    .array(z.number().nullable())
    .min(1)
    .max(120)
    .describe('One number for each category; null where there is none.'),
})

export const chartKinds = ['column', 'bar', 'line', 'area', 'pie', 'doughnut'] as const

const chartBlockSchema = z
  .object({
    type: z.literal('chart'),
    kind: z.enum(chartKinds).default('column').describe('column stands, bar lies.'),
    title: shortText(200).optional(),
    categories: z.array(z.string().max(120)).min(1).max(120).describe('Names along the axis.'),
    series: z.array(seriesSchema).min(1).max(8),
    stacked: z.boolean().default(false).describe('Columns, bars and areas on top of each other.'),
    unit: shortText(20).optional().describe('What the numbers count: %, €, ms.'),
    takeaway: shortText(500).optional().describe('What the chart shows, in a sentence.'),
    ...shared,
  })
  .superRefine(({ kind, categories, series }, { addIssue }) => {
    series.forEach(({ values }, index) => {
      if (values.length === categories.length) return
      const message = `needs one number for each category: ${categories.length}, not ${values.length}`
      addIssue({ code: 'custom', path: ['series', index, 'values'], message })
    })
    const [first] = series
    if ((kind !== 'pie' && kind !== 'doughnut') || !first) return
    const isShare = series.length === 1 && first.values.every((value) => (value ?? 0) >= 0)
    if (isShare && first.values.some((value) => (value ?? 0) > 0)) return
    addIssue({
      code: 'custom',
      path: ['series'],
      message: `a ${kind} shows one series of numbers that are not negative and not all zero`,
    })
  })
  .describe('A chart from numbers.')

const cellSchema = z.union([z.string().max(2000), z.number(), z.boolean(), z.null()])

const tableBlockSchema = z
  .object({
    type: z.literal('table'),
    columns: z.array(z.string().max(200)).min(1).max(12).describe('The heads of the columns.'),
    rows: z.array(z.array(cellSchema).max(12)).min(1).max(500),
    caption: shortText(500).optional(),
    ...shared,
  })
  .superRefine(({ columns, rows }, { addIssue }) => {
    rows.forEach((row, index) => {
      if (row.length <= columns.length) return
      const message = `has ${row.length} cells, but the table has ${columns.length} columns`
      addIssue({ code: 'custom', path: ['rows', index], message })
    })
  })
  .describe('A table. A row that is too short is filled up with empty cells.')

const imageBlockSchema = z
  .object({
    type: z.literal('image'),
    ...imageFields,
    alt: z.string().max(500).default('').describe('What is to be seen, for those who cannot.'),
    caption: shortText(500).optional(),
    ...shared,
  })
  .superRefine(oneImage)
  .describe('A picture.')

const codeBlockSchema = z
  .object({
    type: z.literal('code'),
    code: z.string().min(1).max(20_000),
    language: z
      .string()
      .regex(/^[\w+#.-]{1,30}$/, 'a language is named like python, c++ or sql')
      .optional(),
    ...shared,
  })
  .describe('Code, kept as it is.')

const quoteBlockSchema = z
  .object({
    type: z.literal('quote'),
    text: shortText(2000).describe('Without quotation marks.'),
    by: shortText(200).optional().describe('Who said it, and where.'),
    ...shared,
  })
  .describe('What somebody said.')

const bigNumberBlockSchema = z
  .object({
    type: z.literal('big_number'),
    value: z.union([shortText(24), z.number()]).describe('As it is to be shown: 42 %, $1.2 M.'),
    label: shortText(300).describe('What it counts.'),
    ...shared,
  })
  .describe('A number that fills the slide; two or three stand side by side.')

const timelineBlockSchema = z
  .object({
    type: z.literal('timeline'),
    items: z
      .array(
        z.object({
          when: shortText(60),
          title: shortText(200),
          text: shortText(1000).optional(),
        }),
      )
      .min(1)
      .max(60),
    ...shared,
  })
  .describe('What happened or will happen, in its order.')

export const blockTypes = [
  'bullets',
  'text',
  'chart',
  'table',
  'image',
  'code',
  'quote',
  'big_number',
  'timeline',
] as const

export const blockSchema = z.discriminatedUnion(
  'type',
  [
    bulletsBlockSchema,
    textBlockSchema,
    chartBlockSchema,
    tableBlockSchema,
    imageBlockSchema,
    codeBlockSchema,
    quoteBlockSchema,
    bigNumberBlockSchema,
    timelineBlockSchema,
  ],
  { error: `unknown type of block; the types are ${blockTypes.join(', ')}` },
)
export type Block = z.infer<typeof blockSchema>
export type BlockOf<Type extends Block['type']> = Extract<Block, { type: Type }>
