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
