import type { AgentEvent, AgentName, Principal, Usage } from '@tandem/schemas'
import type { ModelRequest, RelayResponse } from '@tandem/providers'

/** One exchange, whatever door it came in by. */
export interface Turn {
  requestId: string
  principal: Principal
  session?: { id: string; create: boolean }
  model: string
  agent?: { name: AgentName; options: Record<string, unknown> }
  request: ModelRequest
  /** The body as it came and what the door read in it, for the fast lane. */
  raw?: RawRequest
  /** `undefined`: all that policy allows. */
  availableTools?: string[]
  attachments: { fileId: string }[]
  memory: { read: boolean; write: boolean }
  profile?: string
}

export interface RawRequest {
  body: Buffer
  stream: boolean
  /** `model` as the body has it. */
  model: string | undefined
  /** The caller's `stream_options`. */
  streamOptions: Record<string, unknown> | undefined
  /** Which of our own request fields stand in the body, and must not be forwarded. */
  ownFields: readonly string[]
}

export type StartedTurn =
  | { kind: 'relay'; response: RelayResponse }
  | { kind: 'events'; events: AsyncGenerator<AgentEvent> }

export interface TurnOptions {
  signal: AbortSignal
  /** Told what the request log wants to know, as soon as it is known. */
  observe: (seen: TurnFacts) => void
}

export interface TurnFacts {
  provider?: string
  model?: string
  usage?: Usage
}
