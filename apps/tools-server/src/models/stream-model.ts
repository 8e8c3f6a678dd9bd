import { request } from 'undici'
import { z } from 'zod'
import { AppError } from '@tandem/schemas'
import { readEvents, type ModelsAccess } from '@tandem/tools'
import type { ModelQuestion } from './ask-model.ts'
import { toRefusal } from './refusal.ts'

const chunkSchema = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish() })),
})

/**
 * The same as `askModel`, as it is said. Whoever has heard enough leaves the loop, which ends the answer at the provider too.
 * @throws AppError as `askModel`, and `upstream_interrupted`
 */
export async function* streamModel(
  { baseUrl, token }: ModelsAccess,
  question: ModelQuestion,
  { signal }: { signal: AbortSignal },
): AsyncGenerator<string, void> {
  if (!baseUrl || !token)
    throw new AppError('permission_denied', { message: 'This call may not ask a model.' })
  const { statusCode, body } = await open(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...question, stream: true }),
    signal,
  })
  if (statusCode !== 200) throw toRefusal(statusCode, await body.text())
  try {
    for await (const { data } of readEvents(body)) {
      if (data === '[DONE]') return
      const text = readDelta(data)
      if (text) yield text
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw cause instanceof AppError ? cause : new AppError('upstream_interrupted', { cause })
  }
}

async function open(
  url: string,
  options: Parameters<typeof request>[1] & { signal: AbortSignal },
): Promise<Awaited<ReturnType<typeof request>>> {
  try {
    return await request(url, options)
  } catch (cause) {
    options.signal.throwIfAborted()
    const message = 'The model cannot be reached.'
    throw new AppError('upstream_unreachable', { message, cause })
  }
}

function readDelta(data: string): string {
  const chunk = chunkSchema.safeParse(JSON.parse(data))
  // Once the stream has begun a failure is an event.
  if (!chunk.success) throw toRefusal(400, data)
  return chunk.data.choices.map(({ delta }) => delta?.content ?? '').join('')
}
