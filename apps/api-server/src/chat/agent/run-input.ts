import type { ModelRequest } from '@tandem/providers'
import { agentNames, messageSchema } from '@tandem/schemas'
import { z } from 'zod'

const requestSchema = z.looseObject({ messages: z.array(messageSchema) })

const runInputSchema = z.object({
  /** As the registry knows it, and as the caller named it. */
  model: z.string(),
  answersAs: z.string(),
  agent: z.enum(agentNames),
  request: requestSchema,
  availableTools: z.array(z.string()).optional(),
  options: z.record(z.string(), z.unknown()),
  /** Ids of the files that its tools are told of. */
  attachments: z.array(z.string()).optional(),
})

/** What a run that waits needs to go on, beside its events: stored with it, and forgotten once it goes on. */
export type RunInput = Omit<z.infer<typeof runInputSchema>, 'request'> & { request: ModelRequest }

/** From the database. @throws ZodError where it is none of ours */
export function parseRunInput(input: unknown): RunInput {
  return runInputSchema.parse(input)
}
