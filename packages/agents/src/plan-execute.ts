import type { AgentEvent } from '@tandem/schemas'
import { createAgent, type Outcome } from './agent.ts'
import type { DraftStep } from './plan/draft.ts'
import { createPlan, restorePlan, revise, toPlanEvent, type Plan } from './plan/plan.ts'
import { draftPlan, draftRest, goalOf } from './plan/planner.ts'
import { runSteps } from './plan/run-steps.ts'
import { synthesise } from './plan/synthesis.ts'
import { react, reactBody } from './react.ts'
import { spentBudget, type RunState } from './run-state.ts'

/** Plans, runs the steps with the kernel, plans anew on evidence, and answers. What needs no plan is left to ReAct. */
export async function* planExecuteBody(state: RunState): AsyncGenerator<AgentEvent, Outcome> {
  const { request, resume } = state.run
  const goal = goalOf(request.messages)
  if (resume) {
    const restored = restorePlan(goal, resume.events)
    return yield* restored ? carryOut(state, restored) : reactBody(state)
  }
  const draft = yield* draftPlan(state)
  return yield* runDraft(state, draft ?? [], { plan: createPlan(goal) })
}

/** Carries out a draft that is there already; one step is no plan, then it goes on from what was done (`past`). */
export async function* runDraft(
  state: RunState,
  draft: readonly DraftStep[],
  { plan, past }: { plan: Plan; past?: readonly AgentEvent[] },
): AsyncGenerator<AgentEvent, Outcome> {
  revise(plan, draft, state.limits.planSteps)
  if (plan.steps.length < 2) return yield* react(state, { exits: [], ...(past && { past }) })
  return yield* carryOut(state, plan)
}

async function* carryOut(state: RunState, plan: Plan): AsyncGenerator<AgentEvent, Outcome> {
  for (;;) {
    yield toPlanEvent(plan)
    const pauses = yield* runSteps(state, plan)
    if (pauses.length > 0) {
      yield toPlanEvent(plan)
      return toPause(pauses)
    }
    if (!(yield* planAnew(state, plan))) return yield* synthesise(state, plan)
  }
}

async function* planAnew(state: RunState, plan: Plan): AsyncGenerator<AgentEvent, boolean> {
  const failed = plan.steps.some(({ id, status }) => status === 'failed' && plan.current.has(id))
  if (!failed || plan.revision > state.limits.replans || spentBudget(state)) return false
  const draft = yield* draftRest(state, plan)
  return draft !== undefined && revise(plan, draft, state.limits.planSteps)
}

/** The caller's calls first: approvals of other steps are asked for when it comes back. */
function toPause(pauses: readonly Outcome[]): Outcome {
  const callerCalls = pauses.flatMap((outcome) => outcome.callerCalls ?? [])
  const asks = pauses.flatMap((outcome) => outcome.asks ?? [])
  return callerCalls.length > 0
    ? { stopReason: 'caller_tools', finishReason: 'tool_calls', text: '', callerCalls }
    : { stopReason: 'waiting_approval', finishReason: 'stop', text: '', asks }
}

export const planExecute = createAgent(() => ({ name: 'plan_execute', body: planExecuteBody }))
