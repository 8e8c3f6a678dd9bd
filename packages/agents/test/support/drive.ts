import type { ModelRequest } from '@tandem/providers'
import type { AgentEvent, AgentName } from '@tandem/schemas'
import { agents, type AgentDeps, type AgentRun } from '../../src/index.ts'
import { testDeps, user } from './deps.ts'
import { checkEvents, checkMessages } from './invariants.ts'
import { testTools, type TestTools } from './tools.ts'

export interface Driven extends TestTools {
  events: AgentEvent[]
  text: string
  end: Extract<AgentEvent, { type: 'run-end' }>
  error: unknown
  run: AgentRun
}

export interface DriveOptions {
  agent?: AgentName
  model: AgentRun['model'] & { requests?: ModelRequest[] }
  ask?: string
  run?: Partial<AgentRun>
  request?: Partial<ModelRequest>
  deps?: Partial<AgentDeps>
  signal?: AbortSignal
  tools?: TestTools
  onEvent?: (event: AgentEvent) => void
}

/** Runs an agent to its end and checks what must hold for every run. */
export async function drive(options: DriveOptions): Promise<Driven> {
  const tools = options.tools ?? testTools()
  const run: AgentRun = {
    runId: 'run-1',
    owner: 'user-1',
    model: options.model,
    request: { messages: [user(options.ask ?? 'Do it.')], ...options.request },
    tools: tools.tools,
    models: () => ({ baseUrl: 'http://models', token: 't' }),
    ...options.run,
  }
  const signal = options.signal ?? new AbortController().signal
  const events: AgentEvent[] = []
  let error: unknown
  try {
    for await (const event of agents[options.agent ?? 'react'](run, testDeps(options.deps), {
      signal,
    })) {
      events.push(structuredClone(event))
      options.onEvent?.(event)
    }
  } catch (thrown) {
    error = thrown
  }
  checkEvents(events)
  for (const { messages } of options.model.requests ?? []) checkMessages(messages)
  const end = events.at(-1) as Driven['end']
  return { ...tools, events, text: textOf(events), end, error, run }
}

export function textOf(events: readonly AgentEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
}

export function eventsOf<Type extends AgentEvent['type']>(
  { events }: Pick<Driven, 'events'>,
  type: Type,
): Extract<AgentEvent, { type: Type }>[] {
  return events.filter((event) => event.type === type) as Extract<AgentEvent, { type: Type }>[]
}

/** What the model read of each call, in order. */
export function results(driven: Driven): string[] {
  return eventsOf(driven, 'tool-end').map(({ result }) => result.content)
}
