/** What makes a slide deck, and what comes of it: `POST /api/slides`, and the same between the two servers. */
import { z } from 'zod'
import { deckFormatSchema, deckSchema, deckThemeSchema } from './deck.ts'
import { fileObjectSchema } from './files.ts'

const materialSchema = z.object({
  text: z.string().min(1).max(2_000_000),
  title: z.string().min(1).max(300).optional().describe('What it is called on the slides.'),
  url: z
    .url({ protocol: /^https?$/, error: 'the address begins with http:// or https://' })
    .max(2000)
    .optional()
    .describe('Where it is from. It is shown, never opened.'),
})

/** The fields of both doors; `POST /api/slides` takes exactly one of `instruction`, `deck` and `markdown`. */
export const slidesRequestFields = {
  instruction: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .optional()
    .describe('What the presentation is to be about, for whom, and how long.'),
  markdown: z
    .string()
    .min(1)
    .max(30_000_000)
    .optional()
    .describe(
      'The slides themselves as Marp Markdown, parted by lines of ---; no model is asked then.',
    ),
  material: z
    .union([z.string().min(1).max(2_000_000), z.array(materialSchema).min(1).max(50)])
    .optional()
    .describe('Text that the slides are to be made from, or several as {text, title?, url?}.'),
  files: z
    .array(z.string().min(1).max(200))
    .max(20)
    .optional()
    .describe(
      'Ids (file-…) or names of files: documents are material, pictures may go onto slides.',
    ),
  collections: z
    .array(z.string().min(1).max(256))
    .max(20)
    .optional()
    .describe('Names or ids of collections of documents to look things up in.'),
  slides: z
    .number({
      error: ({ input }) =>
        Array.isArray(input)
          ? 'it is how many slides there shall be; slides themselves go into deck: {"deck": {"title": "…", "slides": […]}}'
          : undefined,
    })
    .int()
    .min(1)
    .max(60)
    .optional()
    .describe('How many slides, title and references included.'),
  theme: deckThemeSchema.optional(),
  formats: z
    .array(deckFormatSchema)
    .min(1)
    .max(4)
    .default(['pptx', 'pdf'])
    .describe('Which files to make.'),
  language: z
    .string()
    .min(2)
    .max(35)
    .optional()
    .describe('The language of the slides, such as en; else that of the instruction.'),
  model: z.string().min(1).max(200).optional().describe('The model that writes; usually left out.'),
}

export const slidesRequestSchema = z
  .strictObject({ ...slidesRequestFields, deck: deckSchema.optional() })
  .superRefine((request, { addIssue }) => {
    const given = (['instruction', 'deck', 'markdown'] as const).filter(
      (key) => request[key] !== undefined,
    )
    if (given.length === 1) return
    const message =
      given.length === 0
        ? 'give an instruction, or a deck, or markdown'
        : `give one of instruction, deck and markdown, not ${given.join(' and ')}`
    addIssue({ code: 'custom', path: [given.at(-1) ?? 'instruction'], message })
  })
/** What a deck is made from. */
export type SlidesRequest = z.infer<typeof slidesRequestSchema>

export const slidesFindingSchema = z.object({
  /** From 1. */
  slide: z.number().int(),
  rule: z.string(),
  message: z.string(),
  /** Whether the deck was changed because of it. */
  mended: z.boolean(),
})
/** What is not as it should be on a slide. */
export type SlidesFinding = z.infer<typeof slidesFindingSchema>

export const slidesResultSchema = z.object({
  title: z.string(),
  /** How many slides the files have. */
  slides: z.number().int(),
  /** In the order of the formats that were asked for. */
  files: z.array(fileObjectSchema),
  findings: z.array(slidesFindingSchema),
  /** The deck, to be changed and sent again. */
  deck: deckSchema,
})
/** A finished deck, as the tools server tells it. */
export type SlidesResult = z.infer<typeof slidesResultSchema>
