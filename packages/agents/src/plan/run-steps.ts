import { AppError, type AgentEvent, type Message, type PlanStep } from '@tandem/schemas'
import { boundText } from '@tandem/tools'
import { createConversation, toAssistant, toUser, type Conversation } from '../conversation.ts'
import { runLoop, type LoopOutcome } from '../loop.ts'
import { continueWith } from '../pause.ts'
import { fillPrompt } from '../prompts.ts'
import { spentBudget, type RunState } from '../run-state.ts'
import { lastUserMessage } from '../system-message.ts'
import { together } from '../together.ts'
import { toMessages } from '../transcript.ts'
import { partOf, tellChanges } from './past.ts'
import { nextReady, tellResults, toPlanEvent, type Plan } from './plan.ts'
import { createReportProblem, type Problem } from './report-problem.ts'

const resultBytes = 6000

/**
 * Runs a plan's steps as far as they go: each as soon as what it needs is done, several side by side. After a failure or a
 * pause nothing new begins. Hands back what the steps wait for.
 */
export async function* runSteps(
  state: RunState,
  plan: Plan,
): AsyncGenerator<AgentEvent, LoopOutcome[]> {
  const pauses: LoopOutcome[] = []
  const resumed = plan.steps.filter(({ status }) => status === 'running')
  const next = (): AsyncGenerator<AgentEvent, void> | undefined => {
    const failed = plan.steps.some(({ id, status }) => status === 'failed' && plan.current.has(id))
    const mayBegin = pauses.length === 0 && !failed && spentBudget(state) === undefined
    const step = resumed.shift() ?? (mayBegin ? nextReady(plan) : undefined)
    if (!step) return undefined
    step.status = 'running'
    return runStep(state, { plan, step, pauses, past: partOf(step, state) })
  }
  yield* together(next, state.limits.concurrency)
  return pauses
}

interface StepRun {
  plan: Plan
  step: PlanStep
  pauses: LoopOutcome[]
  /** The step's calls and their results so far, in all its tries. */
  past: AgentEvent[]
}

async function* runStep(state: RunState, run: StepRun): AsyncGenerator<AgentEvent, void> {
  const { plan, step, pauses } = run
  state.tally.steps += 1
  yield { type: 'step-start', step: Number(step.id), of: plan.steps.length, title: step.task }
  while (step.status === 'running') {
    const outcome = yield* tryStep(state, run)
    if (outcome) {
      step.waiting = [...(outcome.asks ?? []), ...(outcome.callerCalls ?? [])].map(({ id }) => id)
      pauses.push(outcome)
      return
    }
  }
  yield { type: 'reasoning-delta', text: `Step ${step.id}, ${step.status}: ${step.result}\n\n` }
  yield toPlanEvent(plan)
}

/** One try: hands back a pause, else the step is done, failed, or to be tried again, knowing what the problem was. */
async function* tryStep(
  state: RunState,
  run: StepRun,
): AsyncGenerator<AgentEvent, LoopOutcome | undefined> {
  const { step, past } = run
  const { conversation, pending } = toStepConversation(state, run)
  delete step.waiting
  let outcome: LoopOutcome
  try {
    outcome = yield* onlyProgress(
      runLoop(state, {
        conversation,
        pending,
        model: state.deps.toolModel?.(step.toolHint) ?? state.run.model,
        instructions: state.deps.prompts.react.trim(),
        tools: state.tools,
        exits: [createReportProblem(state.deps.prompts['report-problem'])],
        iterations: state.limits.stepIterations,
        step: Number(step.id),
      }),
      past,
    )
  } catch (error) {
    if (state.signal.aborted || !(error instanceof AppError)) throw error
    return tryAgain(state, run, `The model failed: ${error.message}`)
  }
  if (outcome.asks || outcome.callerCalls) return outcome
  if (outcome.exit) return fail(state, run, (outcome.exit.args as Problem).problem)
  if (outcome.stopReason !== 'final' || outcome.finishReason !== 'stop') {
    const how = `${outcome.stopReason}, ${outcome.finishReason}`
    return tryAgain(state, run, `It was not finished (${how}): ${outcome.text}`)
  }
  step.status = 'done'
  step.result = boundText(outcome.text.trim(), resultBytes)
  return undefined
}

/** As long as there are tries left. */
function tryAgain(state: RunState, run: StepRun, why: string): undefined {
  const { step } = run
  step.tries = (step.tries ?? 0) + 1
  step.result = boundText(why, resultBytes)
  if (step.tries > state.limits.stepRetries || spentBudget(state)) fail(state, run, why)
}

/** Whoever plans anew or writes the answer has to know what was changed all the same. */
function fail(state: RunState, { step, past }: StepRun, why: string): undefined {
  const changes = tellChanges(past, state.tools)
  step.status = 'failed'
  step.result = [boundText(why, resultBytes), changes].filter(Boolean).join('\n')
}

/** A step's words are its result, not a part of the answer. What it calls is kept (`past`). */
async function* onlyProgress(
  events: AsyncGenerator<AgentEvent, LoopOutcome>,
  past: AgentEvent[],
): AsyncGenerator<AgentEvent, LoopOutcome> {
  for (;;) {
    const next = await events.next()
    if (next.done) return next.value
    const { type } = next.value
    if (type === 'text-delta' || type === 'reasoning-delta') continue
    if (type === 'tool-start' || type === 'tool-end') past.push(next.value)
    yield next.value
  }
}

/** A try goes on from the calls that were made in the tries before it, lest what they changed is changed again. */
function toStepConversation(
  state: RunState,
  run: StepRun,
): { conversation: Conversation; pending: NonNullable<Message['tool_calls']> } {
  const opening = [...systemOf(state), ...toStepMessages(state, run)]
  const { messages, pending } = continueWith(toMessages(run.past), state.run.resume?.results)
  return { conversation: createConversation([...opening, ...messages]), pending }
}

function systemOf({ run }: RunState): Message[] {
  const [first] = run.request.messages
  return first?.role === 'system' || first?.role === 'developer' ? [first] : []
}

/** What a step knows: the goal, the results it depends on, its task, and the pictures and files of the request. */
function toStepMessages(state: RunState, { plan, step }: StepRun): Message[] {
  const needed = plan.steps.filter(({ id }) => step.dependsOn.includes(id))
  const known = [plan.known, tellResults(needed)].filter(Boolean).join('\n\n')
  const text = fillPrompt(state.deps.prompts.step, {
    id: step.id,
    count: String(plan.steps.length),
    task: step.task,
    done: step.doneWhen ? `Done when: ${step.doneWhen}` : '',
    problem: step.result
      ? `The last try failed, so do it differently. ${boundText(step.result, 2000)}`
      : '',
  })
  const content = lastUserMessage(state.run.request.messages)?.content
  const parts = Array.isArray(content) ? content.filter(({ type }) => type !== 'text') : []
  const message = toUser(text)
  return [
    toUser(`Goal: ${boundText(plan.goal, 4000)}`),
    toAssistant(known || 'Nothing is known yet.', '', []),
    parts.length > 0 ? { ...message, content: [{ type: 'text', text }, ...parts] } : message,
  ]
}
