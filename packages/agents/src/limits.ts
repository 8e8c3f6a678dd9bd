/** The limits of one run, all of them separate. */
export interface AgentLimits {
  /** Model calls of one loop (REACT_MAX_ITERATIONS). */
  iterations: number
  /** Model calls of the whole run, whichever loop they belong to. */
  modelCalls: number
  /** Tool calls of the whole run. */
  toolCalls: number
  /** Milliseconds of the whole run; longer than the slowest tool. */
  wallClockMs: number
  /** Milliseconds that the last answer may take once the time is over. */
  lastAnswerMs: number
  /** Tokens of all model calls together. */
  tokens: number
  /** Steps in a row in which every call failed, or replies in a row that said nothing. */
  consecutiveErrors: number
  /** How often one call may be made before the run is stopped. */
  sameCall: number
  /** Bytes of a tool's result that the model reads. */
  outputBytes: number
  /** Characters of one call's arguments. */
  argumentCharacters: number
  /** Tools, or steps of a plan, that run side by side. */
  concurrency: number
  /** PLAN_MAX_STEPS */
  planSteps: number
  /** PLAN_MAX_RETRIES: tries of a step beside the first. */
  stepRetries: number
  /** New plans after the first one. */
  replans: number
  /** Model calls of one step of a plan. */
  stepIterations: number
}

export const defaultLimits: AgentLimits = {
  iterations: 10,
  modelCalls: 60,
  toolCalls: 30,
  wallClockMs: 15 * 60_000,
  lastAnswerMs: 60_000,
  tokens: Number.POSITIVE_INFINITY,
  consecutiveErrors: 3,
  sameCall: 3,
  outputBytes: 16 * 1024,
  argumentCharacters: 256 * 1024,
  concurrency: 4,
  planSteps: 10,
  stepRetries: 2,
  replans: 2,
  stepIterations: 6,
}
