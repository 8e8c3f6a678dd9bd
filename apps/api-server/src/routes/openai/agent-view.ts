/** How the run of an agent is shown beside its answer, in places that every client of chat completions passes over. */
import {
  toWireArtifact,
  type AgentEvent,
  type Artifact,
  type Citation,
  type NumberedEvent,
} from '@tandem/schemas'
import { cut, preview, toEndFields, toFields, toToolFields } from '../agent/event-fields.ts'
import { toAnnotations } from './annotations.ts'

export type Trace = 'none' | 'summary' | 'full'

export interface AgentViewOptions {
  /** What the run did before it was paused: its answer may name files and sources of then. */
  earlier?: readonly AgentEvent[] | undefined
  trace: Trace
  /** The answer is JSON: no links are put below it. */
  json: boolean
  /** A link that opens the file in a browser. */
  link(artifact: Artifact): string
  /** Where a source can be read; undefined where it cannot. */
  address(citation: Citation): string | undefined
}

export interface Shown {
  /** For people: goes where models' reasoning goes. */
  line?: string
  /** For programs: the top-level field `x_agent` of the chunk. */
  frame?: Record<string, unknown>
}

export interface AgentView {
  /** Undefined where an event is not shown. */
  show(event: NumberedEvent): Shown | undefined
  /** Links to the files that were made and that the answer does not name; empty where there are none. */
  filesText(answer: string): string
  /** The sources that the answer cites. */
  annotations(answer: string): object[]
  /** `x_agent` of the whole answer, once the run has ended. */
  report(): Record<string, unknown>
}

type RunEnd = Extract<AgentEvent, { type: 'run-end' }>
type RunStart = Extract<AgentEvent, { type: 'run-start' }>

export function createAgentView(options: AgentViewOptions): AgentView {
  const { earlier = [], trace, json, link, address } = options
  const citations: Citation[] = []
  const artifacts: Artifact[] = []
  const steps: object[] = []
  const tools = new Map<string, string>()
  const asked: object[] = []
  let start: RunStart | undefined
  let end: RunEnd | undefined

  function find(event: AgentEvent): void {
    if (event.type !== 'tool-end') return
    citations.push(...event.result.citations)
    artifacts.push(...event.result.artifacts)
  }
  function remember(event: AgentEvent): void {
    find(event)
    if (event.type === 'run-start') start = event
    else if (event.type === 'run-end') end = event
    else if (event.type === 'tool-start') tools.set(event.callId, event.tool)
    else if (event.type === 'approval-needed') {
      asked.push({ call_id: event.callId, tool: event.tool, arguments: event.arguments })
    } else if (event.type === 'tool-end') {
      steps.push(toToolFields(event, tools.get(event.callId)))
    }
  }
  earlier.forEach(find)
  return {
    show(event) {
      remember(event)
      if (trace === 'none' || isText(event)) return undefined
      const fields = toFields(event, { full: trace === 'full', tools })
      const line = toLine(event, tools)
      const pending = event.type === 'run-end' && asked.length > 0
      const head = { run_id: start?.runId, seq: event.seq }
      const frame = { ...head, ...fields, ...(pending && { pending_approvals: asked }) }
      return line === undefined ? { frame } : { line, frame }
    },
    filesText(answer) {
      // An answer that only hands out calls is shown to nobody: the last one has all links.
      if (json || end?.stopReason === 'caller_tools') return ''
      // Models know files by their ids alone, and name them so.
      const unlinked = artifacts.filter(({ fileId }) => !answer.includes(`/files/${fileId}/`))
      const links = unlinked.map((artifact) => `[${escapeName(artifact.name)}](${link(artifact)})`)
      return links.length > 0 ? `\n\n${links.join('\n')}` : ''
    },
    annotations: (answer) => toAnnotations(citations, { answer, address }),
    report: () => ({
      run_id: start?.runId,
      agent: start?.agent,
      ...(start?.why === undefined ? undefined : { why: start.why }),
      ...(end ? toEndFields(end) : undefined),
      ...(asked.length > 0 && { pending_approvals: asked }),
      ...(trace === 'none' ? undefined : { tools: steps }),
      ...(artifacts.length > 0 && {
        artifacts: artifacts.map((it) => ({ ...toWireArtifact(it), url: link(it) })),
      }),
    }),
  }
}

function isText({ type }: AgentEvent): boolean {
  return type === 'text-delta' || type === 'reasoning-delta' || type === 'caller-tool-calls'
}

function toLine(event: AgentEvent, tools: ReadonlyMap<string, string>): string | undefined {
  switch (event.type) {
    case 'step-start':
      return event.title === undefined ? undefined : `Step ${event.step}: ${event.title}\n`
    case 'plan':
      return `Plan:\n${event.steps.map(({ task }, index) => `${index + 1}. ${task}\n`).join('')}`
    case 'tool-start':
      return `Using ${event.tool}: ${preview(event.arguments)}\n`
    case 'tool-progress':
      return `${event.progress.message}\n`
    case 'tool-end':
      return event.result.error
        ? `${tools.get(event.callId) ?? 'The tool'} failed: ${firstLine(event.result.content)}\n`
        : undefined
    case 'run-start':
    case 'run-end':
    case 'approval-needed':
    case 'approval-decided':
    case 'text-delta':
    case 'reasoning-delta':
    case 'caller-tool-calls':
      return undefined
  }
}

function firstLine(text: string): string {
  return cut(text.split('\n', 1)[0] ?? '')
}

/** A file's name is a tool's word: it must not end the link's text. */
function escapeName(name: string): string {
  return name.replaceAll(/[\\[\]]/g, String.raw`\$&`)
}
