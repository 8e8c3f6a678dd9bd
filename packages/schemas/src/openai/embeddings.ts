import { z } from 'zod'

/** `POST /v1/embeddings`: text, texts, token ids or lists of token ids. */
export const embeddingsRequestSchema = z.looseObject({
  model: z.string().min(1).nullish(),
  input: z.union([
    z.string(),
    z.array(z.string()).min(1),
    z.array(z.number().int()).min(1),
    z.array(z.array(z.number().int()).min(1)).min(1),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.number().int().positive().nullish(),
  user: z.string().nullish(),
})
export type EmbeddingsRequest = z.infer<typeof embeddingsRequestSchema>

/** Texts for the tools server's own model: the main API has checked that they are texts. */
export const localEmbeddingsRequestSchema = z.object({
  input: z
    .array(z.string().min(1, { error: 'is empty: leave it out' }))
    .min(1)
    .max(2048),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.number().int().positive().nullish(),
})
export type LocalEmbeddingsRequest = z.infer<typeof localEmbeddingsRequestSchema>

export const embeddingsResponseSchema = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.number().int(),
      /** Base64 of little-endian float32, or numbers. */
      embedding: z.union([z.string(), z.array(z.number())]),
    }),
  ),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.number().int(), total_tokens: z.number().int() }),
})
export type EmbeddingsResponse = z.infer<typeof embeddingsResponseSchema>
