import { z } from 'zod'

/** A model as `/v1/models` lists it; lengths in tokens, `created` in Unix seconds. */
export const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.number().int(),
  owned_by: z.string(),
  context_length: z.number().int().optional(),
  max_output_tokens: z.number().int().optional(),
})
export type Model = z.infer<typeof modelSchema>

export const modelListSchema = z.object({ object: z.literal('list'), data: z.array(modelSchema) })
