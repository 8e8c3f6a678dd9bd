import type { AgentEvent, PlanStep } from '@tandem/schemas'
import { boundText } from '@tandem/tools'
import type { DraftStep } from './draft.ts'
import { tellFindings } from './findings.ts'

export interface Plan {
  goal: string
  /** Begun steps first; ids are counted through all revisions. */
  steps: PlanStep[]
  revision: number
  /** What was found out before there was a plan. */
  known: string
  /** Ids of the steps of this revision. */
  current: Set<string>
}

export function createPlan(goal: string, known = ''): Plan {
  return { goal, steps: [], revision: 0, known, current: new Set() }
}

/** What the events tell of a plan; undefined where there was none. */
export function restorePlan(goal: string, events: readonly AgentEvent[]): Plan | undefined {
  const plans = events.filter((event) => event.type === 'plan')
  const [first, last] = [plans[0], plans.at(-1)]
  if (!first || !last) return undefined
  const steps = structuredClone(last.steps)
  const before = plans.findLast(({ revision }) => revision < last.revision)?.steps ?? []
  const earlier = new Set(begunOf(before).map(({ id }) => id))
  return {
    goal,
    steps,
    revision: last.revision,
    known: tellFindings(events.slice(0, events.indexOf(first))),
    current: new Set(steps.map(({ id }) => id).filter((id) => !earlier.has(id))),
  }
}

function begunOf(steps: readonly PlanStep[]): PlanStep[] {
  return steps.filter(({ status }) => status !== 'pending')
}

/** A new revision: what was begun stays, what was not is replaced. False where nothing new is left of the draft. */
export function revise(plan: Plan, draft: readonly DraftStep[], most: number): boolean {
  const begun = begunOf(plan.steps)
  const steps = toSteps(fold(withoutKnown(draft, begun), most), begun)
  if (steps.length === 0) return false
  plan.steps = [...begun, ...steps]
  plan.current = new Set(steps.map(({ id }) => id))
  plan.revision += 1
  return true
}

/** A task that was done, or that failed in the very same words, is not planned again; nor is anything twice. */
function withoutKnown(draft: readonly DraftStep[], begun: readonly PlanStep[]): DraftStep[] {
  const seen = new Set(begun.map(({ task }) => wordsOf(task)))
  return draft.filter(({ task }) => {
    const words = wordsOf(task)
    if (words === '' || seen.has(words)) return false
    seen.add(words)
    return true
  })
}

function wordsOf(task: string): string {
  const words = task.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
  return words.trim() || task.trim()
}

/** Of a plan that is too long the rest becomes one last step, so that nothing is lost. */
function fold(draft: DraftStep[], most: number): DraftStep[] {
  if (draft.length <= most) return draft
  const head = draft.slice(0, most - 1)
  const tail = draft.slice(most - 1)
  const task = `Do the rest, one after the other: ${tail.map((step) => step.task).join('; ')}`
  const last = { id: 'rest', task, depends_on: head.map((step, index) => idOf(step, index)) }
  return [...head, last]
}

function idOf({ id }: DraftStep, index: number): string {
  return id ?? String(index + 1)
}

function toSteps(draft: readonly DraftStep[], begun: readonly PlanStep[]): PlanStep[] {
  const first = Math.max(0, ...begun.map(({ id }) => Number(id))) + 1
  const ids = new Map(draft.map((step, index) => [idOf(step, index), String(first + index)]))
  const done = new Set(begun.filter(({ status }) => status === 'done').map(({ id }) => id))
  const steps = draft.map((step, index): PlanStep => {
    const id = String(first + index)
    const wanted = (step.depends_on ?? []).flatMap(
      (name) => ids.get(name) ?? (done.has(name) ? name : []),
    )
    return {
      id,
      task: boundText(step.task.trim(), 2000),
      dependsOn: [...new Set(wanted)].filter((other) => other !== id),
      status: 'pending',
      ...(step.tool_hint && { toolHint: step.tool_hint }),
      ...(step.done_when && { doneWhen: step.done_when }),
    }
  })
  return isAcyclic(steps) ? steps : steps.map(onlyOnEarlier)
}

function isAcyclic(steps: readonly PlanStep[]): boolean {
  let left = [...steps]
  for (;;) {
    const waiting = new Set(left.map(({ id }) => id))
    const next = left.filter(({ dependsOn }) => dependsOn.some((id) => waiting.has(id)))
    if (next.length === 0) return true
    if (next.length === left.length) return false
    left = next
  }
}

function onlyOnEarlier(step: PlanStep): PlanStep {
  return { ...step, dependsOn: step.dependsOn.filter((id) => Number(id) < Number(step.id)) }
}

/** The next step that can begin: all that it needs is done. */
export function nextReady({ steps }: Plan): PlanStep | undefined {
  const done = new Set(steps.filter(({ status }) => status === 'done').map(({ id }) => id))
  return steps.find(
    ({ status, dependsOn }) => status === 'pending' && dependsOn.every((id) => done.has(id)),
  )
}

export function toPlanEvent({ steps, revision }: Plan): AgentEvent {
  return { type: 'plan', steps: structuredClone(steps), revision }
}

/** Finished steps and what came of them, as models read it. */
export function tellResults(steps: readonly PlanStep[]): string {
  return steps
    .map(({ id, task, status, result }) =>
      `Step ${id} (${status}): ${task}\n${result ?? ''}`.trim(),
    )
    .join('\n\n')
}
