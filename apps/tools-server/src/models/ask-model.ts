import { request } from 'undici'
import { z } from 'zod'
import { AppError, type Message } from '@tandem/schemas'
import type { ModelsAccess } from '@tandem/tools'
import { toRefusal } from './refusal.ts'

/** A chat completion, in the words of the wire. */
export interface ModelQuestion {
  messages: Message[]
  /** The one that the call is for, where none is named. */
  model?: string | undefined
  temperature?: number
  response_format?: { type: string; [key: string]: unknown }
}

const answerSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
})
/**
 * Asks the main API's model with the access that came with a tool's call. Where no model is named the main API knows which
 * one the call is for.
 * @throws AppError `permission_denied` without access, what the main API refuses (`model_not_found`, …) as it says it, else
 * `upstream_error` or `upstream_unreachable`
 */
export async function askModel(
  { baseUrl, token }: ModelsAccess,
  question: ModelQuestion,
  { signal }: { signal: AbortSignal },
): Promise<string> {
  if (!baseUrl || !token)
    throw new AppError('permission_denied', { message: 'This call may not ask a model.' })
  const { statusCode, text } = await post(`${baseUrl}/chat/completions`, token, {
    question,
    signal,
  })
  if (statusCode !== 200) throw toRefusal(statusCode, text)
  try {
    const [choice] = answerSchema.parse(JSON.parse(text)).choices
    return choice?.message.content.trim() ?? ''
  } catch (cause) {
    throw new AppError('upstream_invalid_response', { cause })
  }
}

async function post(
  url: string,
  token: string,
  { question, signal }: { question: ModelQuestion; signal: AbortSignal },
): Promise<{ statusCode: number; text: string }> {
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...question, stream: false }),
      signal,
    })
    return { statusCode, text: await body.text() }
  } catch (cause) {
    signal.throwIfAborted()
    throw new AppError('upstream_unreachable', {
      message: 'The model cannot be reached.',
      cause,
    })
  }
}
