import { z } from 'zod'
import {
  deckThemeNames,
  parseInput,
  slidesRequestFields,
  slidesRequestSchema,
  type SlidesRequest,
} from '@tandem/schemas'

const { formats, theme: _, ...fields } = slidesRequestFields

/** Models read this: the deck's own schema would be longer than most conversations, and Markdown says the same. */
export const argumentsSchema = z.object({
  ...fields,
  theme: z.union([z.enum(deckThemeNames), z.record(z.string(), z.unknown())]).optional(),
  formats,
  deck: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('A finished deck.json, for programs; models give markdown instead.'),
})

/** @throws AppError `invalid_request` with the path of what is wrong, in the deck too */
export function toRequest(args: z.output<typeof argumentsSchema>): SlidesRequest {
  return parseInput(slidesRequestSchema, args)
}
