import { textOf, type AgentEvent, type StopReason } from '@tandem/schemas'
import { boundText } from '@tandem/tools'
import type { Outcome } from './agent.ts'
import { askModel, type Question, type Reply } from './ask-model.ts'
import { toUser, type Conversation } from './conversation.ts'
import { fillPrompt } from './prompts.ts'
import type { RunState } from './run-state.ts'

const reasons: Readonly<Partial<Record<StopReason, string>>> = {
  max_iterations: 'the limit of steps is reached',
  budget: 'the budget of this run (time, tool calls or tokens) is used up',
  repeated_calls: 'the same call was made again and again',
  errors: 'too many things failed in a row',
}

/**
 * When a loop may not go on: one more model call without tools, so that the user gets what there is and reads what is
 * missing. If that fails as well, the answer is composed of what the tools returned.
 */
export async function* answerLast(
  state: RunState,
  question: Question,
  stopReason: StopReason,
): AsyncGenerator<AgentEvent, Outcome> {
  const reason = reasons[stopReason] ?? stopReason
  const note = fillPrompt(state.deps.prompts['last-answer'], { reason })
  const { messages } = question.conversation
  const reply = yield* answerOrNothing(state, {
    ...question,
    toolChoice: 'none',
    conversation: { messages: [...messages, toUser(note)] },
  })
  if (reply) return { stopReason, finishReason: toFinish(reply.finish), text: reply.text }
  const composed = composeAnswer(state, reason, observationsIn(question.conversation))
  yield { type: 'text-delta', text: composed }
  return { stopReason, finishReason: 'stop', text: composed }
}

/** A call for an answer in a time of its own; nothing where it fails, says nothing, or wants to call tools first. */
export async function* answerOrNothing(
  state: RunState,
  question: Omit<Question, 'signal'>,
): AsyncGenerator<AgentEvent, Reply | undefined> {
  const seen = { any: false, text: false }
  const signal = AbortSignal.any([state.signal, AbortSignal.timeout(state.limits.lastAnswerMs)])
  try {
    const reply = yield* askModel(state, { ...question, signal, seen })
    if (reply.finish === 'content_filter') return reply
    if (reply.calls.length === 0) return reply.text.trim() === '' ? undefined : reply
    // Words before a call are out already: what is said instead of the answer stands below them.
    if (seen.text) yield { type: 'text-delta', text: '\n\n' }
    return undefined
  } catch (error) {
    // Half an answer is on its way: that is a failure to be told, not one to be covered by another answer.
    if (state.signal.aborted || seen.text) throw error
    return undefined
  }
}

/** No call is left over from an answer without tools. */
export function toFinish(finish: Outcome['finishReason']): Outcome['finishReason'] {
  return finish === 'tool_calls' ? 'stop' : finish
}

const mostObservations = 5
const observationBytes = 600

/** What is said where no model says anything. */
export function composeAnswer(state: RunState, reason: string, found: string): string {
  const prompt = state.deps.prompts['composed-answer']
  return fillPrompt(prompt, { reason, found: found || '> Nothing.' })
}

function observationsIn({ messages }: Conversation): string {
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  const quotes = messages
    .slice(asked + 1)
    .filter(({ role }) => role === 'tool')
    .slice(-mostObservations)
    .map(({ content }) => quote(boundText(textOf(content), observationBytes)))
  return quotes.join('\n\n')
}

function quote(text: string): string {
  return `> ${text.replaceAll('\n', '\n> ')}`
}
