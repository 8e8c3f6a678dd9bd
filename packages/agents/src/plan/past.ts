/** What a step of a plan did already. */
import type { AgentEvent, PlanStep } from '@tandem/schemas'
import { boundText, type Tool } from '@tandem/tools'
import type { RunState } from '../run-state.ts'
import { reportName } from './report-problem.ts'

/** The step's calls and their results in the run that is resumed. Before the first plan steps were others. */
export function partOf(step: PlanStep, { run: { resume } }: RunState): AgentEvent[] {
  const log = resume?.events ?? []
  const first = log.findIndex(({ type }) => type === 'plan')
  const events = first === -1 ? [] : log.slice(first)
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

const changesBytes = 2000

/** The calls that were made and may have changed something; '' where there are none. */
export function tellChanges(past: readonly AgentEvent[], tools: readonly Tool[]): string {
  const safe = tools.filter(({ traits }) => traits.readOnly || traits.idempotent)
  const harmless = new Set([reportName, ...safe.map(({ name }) => name)])
  const made = new Set(
    past.flatMap((event) => (event.type === 'tool-end' && !event.result.error ? event.callId : [])),
  )
  const calls = past.flatMap((event) =>
    event.type === 'tool-start' && made.has(event.callId) && !harmless.has(event.tool)
      ? `${event.tool} ${JSON.stringify(event.arguments)}`
      : [],
  )
  if (calls.length === 0) return ''
  const lead = 'These calls were made, so they are not to be made again:'
  return boundText([lead, ...calls].join('\n'), changesBytes)
}
