import type { ModelsAccess } from '@tandem/tools'
import { AppError, type Message } from '@tandem/schemas'
import { askModel } from '../../models/ask-model.ts'
import type { Found } from './present.ts'
import { listHits } from './present.ts'

export interface AnswerOptions {
  /** What the model is told. */
  instructions: string
  models: ModelsAccess
  now: number
}

/** A slow local model needs its time, but the results are worth having without it. */
const timeoutMs = 90_000

/** The answer, or why there is none: results without an answer are still results. */
export async function writeAnswer(
  { query, hits }: Found,
  { instructions, models, now }: AnswerOptions,
  { signal }: { signal: AbortSignal },
): Promise<{ answer: string } | { why: string }> {
  const today = new Date(now).toISOString().slice(0, 10)
  const messages: Message[] = [
    { role: 'system', content: instructions },
    {
      role: 'user',
      content: `Question: ${query}\nToday: ${today}\n\n<results>\n${listHits(hits)}\n</results>`,
    },
  ]
  try {
    const deadline = AbortSignal.timeout(timeoutMs)
    const either = AbortSignal.any([signal, deadline])
    const answer = await askModel(models, { messages, temperature: 0 }, { signal: either })
    return answer ? { answer } : { why: 'The model said nothing.' }
  } catch (error) {
    signal.throwIfAborted()
    return { why: error instanceof AppError ? error.message : 'The model took too long.' }
  }
}
