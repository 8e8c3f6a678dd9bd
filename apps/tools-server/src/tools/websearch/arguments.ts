import { z } from 'zod'
import { freshnessValues } from '../../web/search/types.ts'

const domains = z
  .array(
    z
      .string()
      .toLowerCase()
      .regex(/^([a-z0-9-]+\.)+[a-z0-9-]+$/, { error: 'give a domain such as example.org' }),
  )
  .max(20)

export const argumentsSchema = z.object({
  query: z.string().trim().min(1).max(400).describe('What to search for, in a few precise words.'),
  max_results: z.number().int().min(1).max(20).optional().describe('How many results.'),
  answer: z
    .boolean()
    .default(false)
    .describe('Whether a model should write a short answer with citations from the results.'),
  freshness: z
    .enum(freshnessValues)
    .optional()
    .describe('Only pages from the last day, week, month or year.'),
  include_domains: domains.optional().describe('Only pages of these domains.'),
  exclude_domains: domains.optional().describe('No pages of these domains.'),
})
export type WebsearchArguments = z.output<typeof argumentsSchema>
