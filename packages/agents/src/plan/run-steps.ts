import { AppError, type AgentEvent, type Message, type PlanStep } from '@tandem/schemas'
import { boundText, defineTool, textResult, type Tool } from '@tandem/tools'
import { z } from 'zod'
import { createConversation, toAssistant, toUser, type Conversation } from '../conversation.ts'
import { runLoop, type LoopOutcome } from '../loop.ts'
import { continueWith } from '../pause.ts'
import { fillPrompt } from '../prompts.ts'
import { spentBudget, type RunState } from '../run-state.ts'
import { lastUserMessage } from '../system-message.ts'
import { together } from '../together.ts'
import { toMessages } from '../transcript.ts'
import { nextReady, tellResults, toPlanEvent, type Plan } from './plan.ts'

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
    return runStep(state, { plan, step, pauses })
  }
  yield* together(next, state.limits.concurrency)
  return pauses
}

interface StepRun {
  plan: Plan
  step: PlanStep
  pauses: LoopOutcome[]
}

async function* runStep(state: RunState, run: StepRun): AsyncGenerator<AgentEvent, void> {
  const { plan, step, pauses } = run
  state.tally.steps += 1
  yield { type: 'step-start', step: Number(step.id), of: plan.steps.length, title: step.task }
  let problem = ''
  for (let attempt = 0; attempt <= state.limits.stepRetries; attempt += 1) {
    const outcome = yield* tryStep(state, run, problem)
    if (typeof outcome !== 'string') {
      step.waiting = [...(outcome.asks ?? []), ...(outcome.callerCalls ?? [])].map(({ id }) => id)
      pauses.push(outcome)
      return
    }
    if (step.status !== 'running') break
    problem = outcome
    if (spentBudget(state)) break
  }
  if (step.status === 'running') fail(step, problem)
  yield { type: 'reasoning-delta', text: `Step ${step.id}, ${step.status}: ${step.result}\n\n` }
  yield toPlanEvent(plan)
}

function fail(step: PlanStep, why: string): void {
  step.status = 'failed'
  step.result = boundText(why, resultBytes)
}

/** One try: sets the step's status where it ends it, hands back a pause, or the problem that the next try should know of. */
async function* tryStep(
  state: RunState,
  { plan, step }: StepRun,
  problem: string,
): AsyncGenerator<AgentEvent, string | LoopOutcome> {
  const { conversation, pending } = toStepConversation(state, { plan, step }, problem)
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
    )
  } catch (error) {
    if (state.signal.aborted || !(error instanceof AppError)) throw error
    return `The model failed: ${error.message}`
  }
  if (outcome.asks || outcome.callerCalls) return outcome
  if (outcome.exit) {
    fail(step, (outcome.exit.args as Problem).problem)
    return ''
  }
  if (outcome.stopReason !== 'final' || outcome.finishReason !== 'stop') {
    return `It was not finished (${outcome.stopReason}, ${outcome.finishReason}): ${outcome.text}`
  }
  step.status = 'done'
  step.result = boundText(outcome.text.trim(), resultBytes)
  return ''
}

/** A step's words are its result, not a part of the answer. */
async function* onlyProgress(
  events: AsyncGenerator<AgentEvent, LoopOutcome>,
): AsyncGenerator<AgentEvent, LoopOutcome> {
  for (;;) {
    const next = await events.next()
    if (next.done) return next.value
    if (next.value.type !== 'text-delta' && next.value.type !== 'reasoning-delta') yield next.value
  }
}

function toStepConversation(
  state: RunState,
  { plan, step }: Pick<StepRun, 'plan' | 'step'>,
  problem: string,
): { conversation: Conversation; pending: NonNullable<Message['tool_calls']> } {
  const opening = [...systemOf(state), ...toStepMessages(state, { plan, step }, problem)]
  const { resume } = state.run
  if (!resume || !step.waiting) return { conversation: createConversation(opening), pending: [] }
  const past = toMessages(partOf(step, resume.events))
  const { messages, pending } = continueWith(past, resume.results)
  return { conversation: createConversation([...opening, ...messages]), pending }
}

function systemOf({ run }: RunState): Message[] {
  const [first] = run.request.messages
  return first?.role === 'system' || first?.role === 'developer' ? [first] : []
}

/** The step's calls and their results among the events of a run. */
function partOf(step: PlanStep, events: readonly AgentEvent[]): AgentEvent[] {
  const ids = new Set(step.waiting)
  for (const event of events) {
    if (event.type === 'tool-start' && event.step === Number(step.id)) ids.add(event.callId)
  }
  return events.flatMap((event): AgentEvent[] => {
    if (event.type === 'caller-tool-calls') {
      // Steps side by side hand out their calls together.
      const calls = event.calls.filter(({ id }) => ids.has(id))
      return calls.length > 0 ? [{ ...event, calls }] : []
    }
    const ofCall =
      event.type === 'tool-start' || event.type === 'tool-end' || event.type === 'approval-needed'
    return ofCall && ids.has(event.callId) ? [event] : []
  })
}

/** What a step knows: the goal, the results it depends on, its task, and the pictures and files of the request. */
function toStepMessages(
  state: RunState,
  { plan, step }: Pick<StepRun, 'plan' | 'step'>,
  problem: string,
): Message[] {
  const needed = plan.steps.filter(({ id }) => step.dependsOn.includes(id))
  const known = [plan.known, tellResults(needed)].filter(Boolean).join('\n\n')
  const text = fillPrompt(state.deps.prompts.step, {
    id: step.id,
    count: String(plan.steps.length),
    task: step.task,
    done: step.doneWhen ? `Done when: ${step.doneWhen}` : '',
    problem: problem
      ? `The last try failed, so do it differently. ${boundText(problem, 2000)}`
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

const problemSchema = z.object({
  problem: z.string().describe('What is in the way, and what would have to be done instead.'),
})
type Problem = z.output<typeof problemSchema>

/** The executor's way to say that the plan is wrong. */
function createReportProblem(description: string): Tool {
  return defineTool({
    name: 'report_problem',
    description: description.trim(),
    schema: problemSchema,
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 1000 },
    run: () => textResult('Accepted.'),
  }) as Tool
}
