import type { Response } from 'express'

/** OpenAI's clients, which wait for indexing by asking again, ask this soon instead of every five seconds. */
export function pollSoon(res: Response): void {
  res.setHeader('openai-poll-after-ms', '500')
}
