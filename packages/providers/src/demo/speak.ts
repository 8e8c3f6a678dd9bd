import { setImmediate, setTimeout } from 'node:timers/promises'
import type { ToolCall, Usage } from '@tandem/schemas'
import type { ModelEvent } from '../types.ts'
import type { Reply } from './decide.ts'
import { digest } from './hash.ts'
import { countTokens, toTokens } from './tokens.ts'
import type { PlannedCall } from './tools/choose.ts'

export interface Limits {
  promptTokens: number
  maxTokens: number
  stop: readonly string[]
  /** Stands for the whole prompt: ids of calls differ from turn to turn by it. */
  fingerprint: string
}

export interface Pace {
  delayMs: number
  signal: AbortSignal
}

/** Says a reply token by token, within its limits, down to the `finish`. */
export async function* speak(
  reply: Reply,
  limits: Limits,
  pace: Pace,
): AsyncGenerator<ModelEvent, void> {
  if (reply.kind === 'text') yield* speakText(reply.text, limits, pace)
  else yield* speakCalls(reply.calls, limits, pace)
}

async function* speakText(text: string, limits: Limits, pace: Pace): AsyncGenerator<ModelEvent> {
  let spent = 0
  for (const token of toTokens(beforeStop(text, limits.stop))) {
    if (spent === limits.maxTokens) {
      yield { type: 'finish', reason: 'length', usage: toUsage(limits, spent) }
      return
    }
    await wait(pace)
    spent++
    yield { type: 'text-delta', text: token }
  }
  yield { type: 'finish', reason: 'stop', usage: toUsage(limits, spent) }
}

/** A call that does not fit is left out whole, for half a call is of use to nobody. */
async function* speakCalls(
  calls: readonly PlannedCall[],
  limits: Limits,
  pace: Pace,
): AsyncGenerator<ModelEvent> {
  let spent = 0
  for (const [index, planned] of calls.entries()) {
    const cost = countTokens(planned.name) + countTokens(planned.arguments)
    if (spent + cost > limits.maxTokens) {
      yield { type: 'finish', reason: 'length', usage: toUsage(limits, spent) }
      return
    }
    spent += cost
    const id = `call_${digest(`${limits.fingerprint} ${index}`).slice(0, 24)}`
    yield* speakCall(index, { id, type: 'function', function: { ...planned } }, pace)
  }
  yield { type: 'finish', reason: 'tool_calls', usage: toUsage(limits, spent) }
}

async function* speakCall(index: number, call: ToolCall, pace: Pace): AsyncGenerator<ModelEvent> {
  await wait(pace)
  yield { type: 'tool-call-start', index, id: call.id, name: call.function.name }
  for (const text of toTokens(call.function.arguments)) {
    await wait(pace)
    yield { type: 'tool-call-delta', index, text }
  }
  yield { type: 'tool-call-end', index, call }
}

/** Even without a delay each token gives way to the event loop, where a client's leaving is seen. */
async function wait({ delayMs, signal }: Pace): Promise<void> {
  signal.throwIfAborted()
  try {
    await (delayMs > 0
      ? setTimeout(delayMs, undefined, { signal })
      : setImmediate(undefined, { signal }))
  } finally {
    // The timer throws an AbortError of its own; callers go by the signal's reason.
    signal.throwIfAborted()
  }
}

function beforeStop(text: string, stop: readonly string[]): string {
  const ends = stop.filter(Boolean).map((word) => text.indexOf(word))
  return text.slice(0, Math.min(text.length, ...ends.filter((end) => end >= 0)))
}

function toUsage({ promptTokens }: Limits, completionTokens: number): Usage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  }
}
