import { defaultLimits, type AgentLimits } from '@tandem/agents'
import type { Config } from '@tandem/config'
import { z } from 'zod'
import { parseInput } from '@tandem/schemas'

const verdictSchema = z.enum(['allow', 'ask', 'deny'])

/** The request's `x_agent`. Unknown fields are refused: a misspelt `approval` would allow what was meant to be asked. */
export const agentOptionsSchema = z.strictObject({
  /** How much of the run is shown beside the answer. */
  trace: z.enum(['none', 'summary', 'full']).nullish(),
  max_iterations: z.int().min(1).max(100).nullish(),
  budget_ms: z.int().min(100).max(3_600_000).nullish(),
  /** For all tools or by name (`*` is all others); can only be stricter than the server's TOOL_APPROVAL. */
  approval: z
    .union([verdictSchema, z.record(z.string(), verdictSchema)], {
      error: 'give allow, ask or deny, or an object with one of them for each tool',
    })
    .nullish(),
  /** As our answers tell it; a request that repeats it means nothing by it. */
  run_id: z.string().nullish(),
})
export type AgentOptions = z.infer<typeof agentOptionsSchema>

const requestPart = z.object({ x_agent: agentOptionsSchema })

/** @throws AppError `invalid_request` with a `param` in `x_agent` */
export function parseAgentOptions(options: unknown): AgentOptions {
  return parseInput(requestPart, { x_agent: options }).x_agent
}

/** A caller may ask for less than the operator allows, not for more. */
export function toLimits(options: AgentOptions, config: Config): Partial<AgentLimits> {
  return {
    iterations: atMost(config.reactMaxIterations, options.max_iterations),
    wallClockMs: atMost(defaultLimits.wallClockMs, options.budget_ms),
    planSteps: config.planMaxSteps,
    stepRetries: config.planMaxRetries,
  }
}

function atMost(limit: number, asked: number | null | undefined): number {
  return Math.min(limit, asked ?? limit)
}
