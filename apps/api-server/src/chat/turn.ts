import type { Decision } from '@tandem/agents'
import type {
  AgentEvent,
  AgentName,
  ContentPart,
  NumberedEvent,
  Principal,
  Usage,
} from '@tandem/schemas'
import type { ModelRequest, RelayResponse } from '@tandem/providers'

/** One exchange, whatever door it came in by. */
export interface Turn {
  requestId: string
  principal: Principal
  /** `made`: the name is ours and nobody else knows it yet. */
  session?: { id: string; create: boolean; made?: boolean }
  model: string
  /** The caller named none. */
  isDefault?: boolean
  agent?: {
    name: AgentName
    runId: string
    options: Record<string, unknown>
    /** The turn lets the run `runId` go on, which waits for these; by call id. */
    decisions?: Readonly<Record<string, Decision>>
  }
  request: ModelRequest
  /** The body as it came and what the door read in it, for the fast lane. */
  raw?: RawRequest
  /** `undefined`: all that policy allows. */
  availableTools?: string[]
  /** Files that it names beside those in its messages; then all that its session knows. */
  attachments: { fileId: string }[]
  /** Parts of its messages that are files of its session as well, and which. */
  keptParts?: ReadonlyMap<ContentPart, string>
  /** What the model is told of them. */
  block?: string
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
  temperature: number | undefined
  /** Which of our own request fields stand in the body, and must not be forwarded. */
  ownFields: readonly string[]
}

export type StartedTurn =
  | { kind: 'relay'; response: RelayResponse }
  | {
      kind: 'events'
      events: AsyncGenerator<NumberedEvent>
      /** What a run did before it was paused. */
      earlier?: readonly AgentEvent[]
    }

export interface TurnOptions {
  signal: AbortSignal
  /** Told what the request log wants to know, as soon as it is known. */
  observe: (seen: TurnFacts) => void
}

export interface TurnFacts {
  provider?: string
  model?: string
  usage?: Usage
  /** Told with `prompt` where many calls make one answer: what they cost until now, should the end not be waited for. */
  spent?: () => Usage | undefined
  sessionId?: string
  /** Of the agent that answers, once it is known. */
  runId?: string
  /** Told when the request goes to the model: estimates its tokens, should nobody report them. */
  prompt?: () => number
  /** Told alone: a piece of the answer, as text or as the upstream's bytes (whole SSE events, or a whole JSON body). */
  answer?: Buffer | string
}
