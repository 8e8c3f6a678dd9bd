import type { ToolAvailability, ToolProgress, ToolResult, ToolTraits } from '@tandem/schemas'

/** A JSON Schema document. */
export type JsonSchema = Record<string, unknown>

/** How a tool asks the main API's models: its base URL (`…/v1`) and a short-lived token for this user and run. */
export interface ModelsAccess {
  baseUrl: string
  token: string
}

export interface ToolContext {
  /** The user whom the call is for; comes from the service token alone. */
  owner: string
  sessionId?: string
  runId?: string
  callId: string
  models: ModelsAccess
  /** Ids of files that came with the conversation; they may be gone. Whose they are is for the tool to check. */
  attachments?: readonly string[]
}

/** A tool, on whichever side of the wire: the tools server runs them, the main API reaches them by `remote.ts`. */
export interface Tool<Args = unknown> {
  /** `^[a-z][a-z0-9_]{0,63}$` */
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
  /** @throws AppError `invalid_request` with the exact path in `param`. */
  parse(input: unknown): Args
  readonly traits: ToolTraits
  available(): ToolAvailability
  /** Where it depends on whose it is, too; on the tools server. */
  availableTo?(owner: string): Promise<ToolAvailability>
  /** Yields progress, returns the result. A failure is a result with `error` set, never a throw, but for aborts. */
  run(
    args: Args,
    context: ToolContext,
    options: { signal: AbortSignal },
  ): AsyncGenerator<ToolProgress, ToolResult>
}
