import { randomUUID } from 'node:crypto'
import type { LanguageModel, ModelEvent } from '@tandem/providers'
import type { AgentEvent, FinishReason, ToolCall, Usage } from '@tandem/schemas'
import { estimatePrompt } from '../usage/estimate.ts'
import type { Turn, TurnOptions } from './turn.ts'

const noUsage: Usage = {
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
}

/** A turn of the plain gateway as events: one model call; tools are the caller's to run. */
export async function* runTurn(
  turn: Turn,
  model: LanguageModel,
  { signal, observe }: TurnOptions,
): AsyncGenerator<AgentEvent> {
  const startedAt = performance.now()
  const calls: ToolCall[] = []
  let finishReason: FinishReason = 'stop'
  let usage = noUsage
  yield {
    type: 'run-start',
    runId: `run_${randomUUID().replaceAll('-', '')}`,
    agent: 'chat',
    model: `${model.provider}/${model.id}`,
  }
  observe({ prompt: () => estimatePrompt(turn.request) })
  for await (const event of model.stream(turn.request, { signal })) {
    const delta = toDelta(event)
    if (delta) {
      observe({ answer: delta.text })
      yield delta
    } else if (event.type === 'tool-call-delta') observe({ answer: event.text })
    else if (event.type === 'tool-call-end') calls.push(event.call)
    else if (event.type === 'finish') {
      finishReason = event.reason
      usage = event.usage ?? noUsage
      if (event.usage) observe({ usage })
    }
  }
  if (calls.length > 0) yield { type: 'caller-tool-calls', calls }
  yield {
    type: 'run-end',
    stopReason: calls.length > 0 ? 'caller_tools' : 'final',
    finishReason,
    usage,
    usageLast: usage,
    steps: 1,
    modelCalls: 1,
    toolCalls: 0,
    ms: Math.round(performance.now() - startedAt),
  }
}

type Delta = Extract<AgentEvent, { type: 'text-delta' | 'reasoning-delta' }>

function toDelta(event: ModelEvent): Delta | undefined {
  if (event.type === 'text-delta') return event
  if (event.type === 'reasoning-delta') return { type: 'reasoning-delta', text: event.text }
  return undefined
}
