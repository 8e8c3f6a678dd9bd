import type {
  AgentEvent,
  Message,
  PlanStep,
  StopReason,
  ToolCall,
  ToolDefinition,
} from '@tandem/schemas'
import type { Outcome } from '../agent.ts'
import { createConversation, toAssistant, toToolMessage } from '../conversation.ts'
import { answerOrNothing, composeAnswer, toFinish } from '../last-answer.ts'
import { spentBudget, type RunState } from '../run-state.ts'
import { tellResults, type Plan } from './plan.ts'

/** The answer from what the steps brought; what could not be done is said in it. */
export async function* synthesise(
  state: RunState,
  plan: Plan,
): AsyncGenerator<AgentEvent, Outcome> {
  const told = plan.steps.filter(({ id, status }) => status === 'done' || plan.current.has(id))
  const complete = told.every(({ status }) => status === 'done')
  const stopReason: StopReason = complete ? 'final' : (spentBudget(state) ?? 'errors')
  const reply = yield* answerOrNothing(state, {
    model: state.run.model,
    conversation: createConversation([...state.run.request.messages, ...asCalls(state, told)]),
    instructions: state.deps.prompts.synthesis.trim(),
    tools: [runStep],
    toolChoice: 'none',
    responseFormat: state.run.request.responseFormat,
  })
  if (reply) return { stopReason, finishReason: toFinish(reply.finish), text: reply.text }
  const composed = composeAnswer(state, 'the model gave no answer', tellResults(told))
  yield { type: 'text-delta', text: composed }
  return { stopReason: 'errors', finishReason: 'stop', text: composed }
}

/** The form in which models know results best; nobody calls it. */
const runStep: ToolDefinition = {
  type: 'function',
  function: {
    name: 'run_step',
    description: 'Carries out one step.',
    parameters: { type: 'object', properties: { task: { type: 'string' } }, required: ['task'] },
  },
}

function asCalls(state: RunState, steps: readonly PlanStep[]): Message[] {
  const calls = steps.map(({ task }): ToolCall => ({
    id: state.claimId(''),
    type: 'function',
    function: { name: 'run_step', arguments: JSON.stringify({ task }) },
  }))
  const results = steps.map(({ status, result }, index) => {
    const text = status === 'done' ? result : `Error: the step was not done. ${result ?? ''}`
    return toToolMessage(calls[index]?.id ?? '', text ?? '')
  })
  return [toAssistant('', '', calls), ...results]
}
