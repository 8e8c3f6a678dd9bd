/** The events of a run as programs read them: beside an answer as `x_agent`, and in the run's own log. */
import { toWireArtifact, toWireResult, type AgentEvent, type PlanStep } from '@tandem/schemas'

export interface FieldsContext {
  /** All of it; else what is long is left out. */
  full: boolean
  /** Names of the tools by call id. */
  tools: ReadonlyMap<string, string>
}

type Fields = Record<string, unknown>
type ToolEnd = Extract<AgentEvent, { type: 'tool-end' }>
type RunEnd = Extract<AgentEvent, { type: 'run-end' }>

export function toFields(event: AgentEvent, { full, tools }: FieldsContext): Fields {
  const { type } = event
  switch (event.type) {
    case 'run-start':
      return { type, agent: event.agent, model: event.model, why: event.why }
    case 'step-start':
      return { type, step: event.step, of: event.of, title: event.title }
    case 'plan':
      return { type, revision: event.revision, steps: event.steps.map(toStep) }
    case 'text-delta':
    case 'reasoning-delta':
      return { type, text: event.text }
    case 'tool-start':
      return {
        type,
        step: event.step,
        call_id: event.callId,
        tool: event.tool,
        ...(full ? { arguments: event.arguments } : { args_preview: preview(event.arguments) }),
      }
    case 'tool-progress':
      return { type, call_id: event.callId, ...event.progress }
    case 'tool-end': {
      const fields = toToolFields(event, tools.get(event.callId))
      return { type, ...fields, ...(full && { result: toWireResult(event.result) }) }
    }
    case 'approval-needed':
      return { type, call_id: event.callId, tool: event.tool, arguments: event.arguments }
    case 'approval-decided':
      return { type, call_id: event.callId, approved: event.approved, reason: event.reason }
    case 'caller-tool-calls':
      return { type, tool_calls: event.calls }
    case 'run-end':
      return { type, ...toEndFields(event) }
  }
}

function toStep({ dependsOn, toolHint, doneWhen, ...rest }: PlanStep): Fields {
  return {
    ...rest,
    depends_on: dependsOn,
    ...(toolHint !== undefined && { tool_hint: toolHint }),
    ...(doneWhen !== undefined && { done_when: doneWhen }),
  }
}

/** What became of a call, without what it returned. */
export function toToolFields(event: ToolEnd, tool: string | undefined): Fields {
  const { callId, ms, repaired, result } = event
  return {
    call_id: callId,
    tool,
    ms: Math.round(ms),
    ok: result.error === undefined,
    ...(repaired && { repaired }),
    ...(result.error && { error: result.error }),
    ...(result.artifacts.length > 0 && { artifacts: result.artifacts.map(toWireArtifact) }),
  }
}

export function toEndFields(end: RunEnd): Fields {
  const { stopReason, usageLast, steps, modelCalls, toolCalls, ms } = end
  return {
    stop_reason: stopReason,
    steps,
    model_calls: modelCalls,
    tool_calls: toolCalls,
    ms: Math.round(ms),
    usage_last: usageLast,
  }
}

export function preview(value: unknown): string {
  return cut(JSON.stringify(value) ?? '')
}

const longestPreview = 160

export function cut(text: string): string {
  return text.length <= longestPreview
    ? text
    : `${text.slice(0, longestPreview - 1).toWellFormed()}…`
}
