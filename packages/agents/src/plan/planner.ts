import { AppError, textOf, type AgentEvent, type Message } from '@tandem/schemas'
import { boundText } from '@tandem/tools'
import { askModel, type Question, type Reply } from '../ask-model.ts'
import { createConversation, toUser } from '../conversation.ts'
import { fillPrompt } from '../prompts.ts'
import type { RunState } from '../run-state.ts'
import { lastUserMessage } from '../system-message.ts'
import { draftFormat, readDraft, type DraftStep } from './draft.ts'
import { tellResults, type Plan } from './plan.ts'

/** The first plan for the conversation; undefined where the model makes none. */
export async function* draftPlan(
  state: RunState,
): AsyncGenerator<AgentEvent, DraftStep[] | undefined> {
  return yield* askForPlan(state, state.run.request.messages)
}

/** Other steps for what is left, after a step failed. */
export async function* draftRest(
  state: RunState,
  plan: Plan,
): AsyncGenerator<AgentEvent, DraftStep[] | undefined> {
  const done = plan.steps.filter(({ status }) => status === 'done')
  const failed = plan.steps.filter(({ status }) => status === 'failed')
  const prompt = fillPrompt(state.deps.prompts.replan, {
    goal: plan.goal,
    done: tellResults(done) || 'Nothing yet.',
    failed: tellResults(failed),
  })
  return yield* askForPlan(state, [...state.run.request.messages, toUser(prompt)])
}

/** A planner that fails makes no plan, and neither does one whose time is over: the run goes on with what there is. */
async function* askForPlan(
  state: RunState,
  messages: readonly Message[],
): AsyncGenerator<AgentEvent, DraftStep[] | undefined> {
  const { model } = state.run
  const question = toQuestion(state, messages)
  // Not every server knows the response format.
  const formats = model.capabilities.jsonSchema ? [draftFormat, undefined] : [undefined]
  for (const responseFormat of formats) {
    try {
      return readDraft((yield* unheard(askModel(state, { ...question, responseFormat }))).text)
    } catch (error) {
      state.signal.throwIfAborted()
      if (state.deadline.aborted) return undefined
      if (!(error instanceof AppError)) throw error
      if (error.code !== 'invalid_request') return undefined
    }
  }
  return undefined
}

function toQuestion(state: RunState, messages: readonly Message[]): Question {
  const tools = state.tools.map(({ name, description }) => `- ${name}: ${firstLine(description)}`)
  return {
    model: state.run.model,
    conversation: createConversation(messages),
    instructions: fillPrompt(state.deps.prompts.planner, {
      tools: tools.join('\n'),
      most: String(state.limits.planSteps),
    }),
    tools: [],
    inner: true,
    signal: state.deadline,
  }
}

/** A model's words that are no part of the answer. */
async function* unheard(
  events: AsyncGenerator<AgentEvent, Reply>,
): AsyncGenerator<AgentEvent, Reply> {
  for (;;) {
    const next = await events.next()
    if (next.done) return next.value
    if (next.value.type !== 'text-delta') yield next.value
  }
}

function firstLine(text: string): string {
  return boundText(text.split('\n', 1)[0] ?? '', 300)
}

export function goalOf(messages: readonly Message[]): string {
  return textOf(lastUserMessage(messages)?.content).trim()
}
