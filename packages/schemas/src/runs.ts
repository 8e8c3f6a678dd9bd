/** Recorded runs of agents, as `/api/agent/runs` tells them. */
import { z } from 'zod'
import { agentNames } from './agent-events.ts'
import { pageSchema, sessionIdSchema } from './sessions.ts'

/** `waiting_tools`: for results of the caller's own tools. `interrupted`: the server died meanwhile. */
export const runStatuses = [
  'running',
  'waiting_approval',
  'waiting_tools',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
] as const
export type RunStatus = (typeof runStatuses)[number]

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' })

const waitingCallSchema = z.object({
  call_id: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
})

export const runSchema = z.object({
  id: z.string(),
  /** As it was asked for; `run-start` among the events says what `auto` chose. */
  agent: z.enum(agentNames),
  /** As provider/model. */
  model: z.string(),
  session_id: z.string().nullable(),
  status: z.enum(runStatuses),
  /** Why it ended or paused; null while it runs. */
  stop_reason: z.string().nullable(),
  /** What it failed with. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  steps: z.int(),
  model_calls: z.int(),
  tool_calls: z.int(),
  /** Tokens of all model calls together. */
  usage: z.object({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
  }),
  /** How many events there are; the `id` of the last one. */
  events: z.int(),
  /** Calls that wait for `POST …/approvals`. */
  pending_approvals: z.array(waitingCallSchema),
  /** Calls of the caller's tools whose results it waits for. */
  pending_tool_calls: z.array(waitingCallSchema),
  created_at: time,
  updated_at: time,
})
export type Run = z.infer<typeof runSchema>

export const runListSchema = z.object({
  runs: z.array(runSchema.omit({ pending_approvals: true, pending_tool_calls: true })),
  /** For the query `cursor` of the next page; null on the last one. */
  next_cursor: z.string().nullable(),
})

export const runListQuerySchema = pageSchema(200, 50).extend({
  status: z.enum(runStatuses).optional(),
  session_id: sessionIdSchema.optional(),
})

const placeError = 'give the id of an event, a whole number from 0'

export const runEventsQuerySchema = z.object({
  /** As the header `Last-Event-ID`, for clients that cannot send it. */
  after: z.coerce
    .number<string>({ error: placeError })
    .int({ error: placeError })
    .min(0)
    .optional(),
})

const decisionFields = {
  approve: z.boolean(),
  /** The model reads it. */
  reason: z.string().max(4000).nullish(),
}

const answerFields = {
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
}

/** One call; without `call_id` all that wait. */
export const approvalSchema = z.looseObject({
  call_id: z.string().nullish(),
  ...decisionFields,
  ...answerFields,
})

export const approvalListSchema = z.looseObject({
  approvals: z
    .array(z.looseObject({ call_id: z.string(), ...decisionFields }))
    .min(1)
    .max(200),
  ...answerFields,
})

/** `POST /api/agent/runs/{id}/approvals` */
export const approvalRequestSchema = z.union([approvalSchema, approvalListSchema])
