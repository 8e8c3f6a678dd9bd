import { z } from 'zod'

/** `POST /v1/completions` (legacy): relayed, so only what routing needs is checked. */
export const completionsRequestSchema = z.looseObject({
  model: z.string().min(1).nullish(),
  prompt: z.union([
    z.string(),
    z.array(z.string()),
    z.array(z.number().int()),
    z.array(z.array(z.number().int())),
  ]),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
})
export type CompletionsRequest = z.infer<typeof completionsRequestSchema>
