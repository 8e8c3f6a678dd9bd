import { AppError } from '@tandem/schemas'

export interface Patience {
  signal: AbortSignal
  /** When to make do with what was said. */
  deadline: AbortSignal
  /** A model that says more has lost its way. */
  maxChars: number
}

/**
 * What a model says until it ends, the deadline comes, or it says the same over and over, as small ones do.
 * @throws AppError `upstream_timeout` where the deadline comes first, and what listening throws
 */
export async function hear(
  listen: (options: { signal: AbortSignal }) => AsyncIterable<string>,
  { signal, deadline, maxChars }: Patience,
): Promise<string> {
  let text = ''
  let looked = 0
  try {
    for await (const piece of listen({ signal: AbortSignal.any([signal, deadline]) })) {
      text += piece
      if (text.length > maxChars) break
      if (text.length < looked + lookEvery) continue
      if (isStuck(text)) break
      looked = text.length
    }
  } catch (cause) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw cause
    if (text === '') throw new AppError('upstream_timeout', { cause })
  }
  return text
}

const lookEvery = 400
const tailChars = 60

/** Whether the last words stand there many times over. */
function isStuck(text: string): boolean {
  const recent = text.slice(-tailChars * 16)
  if (recent.length < tailChars * 16) return false
  return recent.split(recent.slice(-tailChars)).length > 6
}
