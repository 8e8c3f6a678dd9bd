/** `deck.json`: the one form of a slide deck, from which every file is made. */
import { z } from 'zod'
import { blockSchema, imageFields, oneImage, shortText, type Block } from './deck-blocks.ts'

/** What a slide looks like; a slide that names none gets the one that its blocks ask for. */
export const slideLayouts = [
  'title',
  'agenda',
  'section',
  'bullets',
  'two_columns',
  'comparison',
  'chart',
  'table',
  'image',
  'code',
  'quote',
  'big_number',
  'timeline',
  'references',
  'closing',
] as const
export type SlideLayout = (typeof slideLayouts)[number]

/** Three looks, each light and dark. */
export const deckThemeNames = [
  'clear',
  'clear-dark',
  'paper',
  'paper-dark',
  'vivid',
  'vivid-dark',
] as const
export type DeckThemeName = (typeof deckThemeNames)[number]

export const deckFormats = ['pptx', 'pdf', 'md', 'html'] as const
export type DeckFormat = (typeof deckFormats)[number]
export const deckFormatSchema = z.enum(deckFormats)

const colorSchema = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'a colour is written #RRGGBB')
  .describe('A colour, #RRGGBB.')
const fontNameSchema = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,63}$/u, 'a font is named with letters, digits and spaces')
  .describe('The name of a font that the machines which show the deck have.')

const ownThemeSchema = z
  .object({
    name: z
      .enum(deckThemeNames, {
        error: `it names the theme to begin from, one of ${deckThemeNames.join(', ')}`,
      })
      .default('clear')
      .describe('The theme to begin from.'),
    colors: z
      .object({ background: colorSchema, text: colorSchema, accent: colorSchema })
      .partial()
      .default({})
      .describe('Own colours. What could not be read (contrast under 4.5:1) is made readable.'),
    fonts: z
      .object({ heading: fontNameSchema, body: fontNameSchema })
      .partial()
      .default({})
      .describe('Own fonts, by name.'),
    logo: z
      .object(imageFields)
      .superRefine(oneImage)
      .optional()
      .describe('A picture in the corner of each slide.'),
  })
  .describe('A theme with own colours, fonts or a logo.')

export const deckThemeSchema = z
  .union([z.enum(deckThemeNames), ownThemeSchema], {
    error: (issue) =>
      typeof issue.input === 'string'
        ? `unknown theme; the themes are ${deckThemeNames.join(', ')}`
        : undefined,
  })
  .describe('A theme by name, or one with own colours, fonts or a logo.')
export type DeckTheme = z.infer<typeof deckThemeSchema>

export const deckSourceSchema = z
  .object({
    title: shortText(500).describe('What it is called: a page, a paper, a file.'),
    url: z
      .url({
        protocol: /^https?$/,
        error: 'the address of a source begins with http:// or https://',
      })
      .max(2000)
      .optional()
      .describe('Where it is. It is shown and linked, never opened.'),
    file_id: z.string().max(128).optional().describe('The id of the file that it is.'),
    page: z
      .union([z.number().int(), shortText(40)])
      .optional()
      .describe('Where in it.'),
  })
  .describe('Where something that is said comes from.')
export type DeckSource = z.infer<typeof deckSourceSchema>

export const slideSchema = z
  .object({
    layout: z
      .enum(slideLayouts, {
        error: `unknown layout; the layouts are ${slideLayouts.join(', ')}`,
      })
      .optional()
      .describe('How the slide is laid out. Left out, its blocks decide.'),
    title: shortText(300)
      .optional()
      .describe(
        'The one message of the slide, as a claim. A title slide without one has the deck’s.',
      ),
    subtitle: shortText(500).optional().describe('A line below the title.'),
    blocks: z
      .array(blockSchema)
      .max(12)
      .default([])
      .describe('What is on the slide, from top to bottom and from left to right.'),
    notes: z.string().max(20_000).optional().describe('What the speaker says.'),
    sources: z
      .array(
        z.union([z.number().int().min(1).max(200), deckSourceSchema], {
          error: 'a source is its number in the deck’s sources, from 1, or {title, url?}',
        }),
      )
      .max(20)
      .default([])
      .describe('What the slide rests on: numbers in the deck’s sources (from 1), or sources.'),
  })
  .describe('One slide. What does not fit is made smaller, down to 14 pt, then split.')
export type Slide = z.infer<typeof slideSchema>

export const deckSchema = z
  .object({
    title: shortText(300).describe('What the deck is called.'),
    subtitle: shortText(500).optional(),
    author: shortText(200).optional(),
    date: shortText(60).optional().describe('As it is to be shown.'),
    language: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'a language is a tag such as en or pt-BR')
      .default('en')
      .describe(
        'The language’s tag (BCP 47), such as en, pt-BR, ja or ar. It also tells the direction.',
      ),
    aspect: z.enum(['16:9', '4:3']).default('16:9').describe('Width to height of the slides.'),
    theme: deckThemeSchema.default('clear'),
    slides: z.array(slideSchema).min(1).max(150).describe('The slides in their order.'),
    sources: z
      .array(deckSourceSchema)
      .max(200)
      .default([])
      .describe('What the deck rests on; a slide with the layout references lists them.'),
  })
  .superRefine(({ slides, sources }, { addIssue }) => {
    slides.forEach((slide, index) =>
      slide.sources.forEach((source, at) => {
        if (typeof source !== 'number' || source <= sources.length) return
        addIssue({
          code: 'custom',
          path: ['slides', index, 'sources', at],
          message: `the deck has ${sources.length} sources, so there is no number ${source}`,
        })
      }),
    )
  })
  .describe('A slide deck.')
/** A deck with its defaults filled in. */
export type Deck = z.infer<typeof deckSchema>
/** A deck as a caller writes it. */
export type DeckInput = z.input<typeof deckSchema>

const layoutOfBlock: Partial<Record<Block['type'], SlideLayout>> = {
  chart: 'chart',
  table: 'table',
  image: 'image',
  code: 'code',
  quote: 'quote',
  big_number: 'big_number',
  timeline: 'timeline',
}

/** The layout of a slide: what it names, or what its place in the deck and its blocks ask for. */
export function slideLayoutOf(slide: Pick<Slide, 'layout' | 'blocks'>, index: number): SlideLayout {
  if (slide.layout) return slide.layout
  if (slide.blocks.length === 0) return index === 0 ? 'title' : 'section'
  if (slide.blocks.some(({ column }) => column !== undefined)) return 'two_columns'
  const shown = slide.blocks.map(({ type }) => layoutOfBlock[type]).find((layout) => layout)
  return shown ?? 'bullets'
}
