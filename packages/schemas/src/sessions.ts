import { z } from 'zod'
import { messageSchema, usageSchema } from './messages.ts'

/** A session's name: the caller's own word, or one that we made. Safe in a URL, a header and a file's name. */
export const sessionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'use 1 to 64 letters, digits, - and _' })

/** Asks for a session with a name that we make. */
export const newSessionId = 'new'

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' })

export const sessionSchema = z.object({
  id: sessionIdSchema,
  /** From the first message of a user, until it is renamed. */
  title: z.string().nullable(),
  message_count: z.number().int().nonnegative(),
  created_at: time,
  updated_at: time,
})
/** A session as the sessions API tells it. */
export type SessionSummary = z.infer<typeof sessionSchema>

export const sessionListSchema = z.object({
  sessions: z.array(sessionSchema),
  /** For the query `cursor` of the next page; null on the last one. */
  next_cursor: z.string().nullable(),
})
export type SessionList = z.infer<typeof sessionListSchema>

export const sessionMessageSchema = messageSchema.extend({
  created_at: time,
  /** `interrupted`: the client left or the server died midway; `streaming`: it is being said. Absent: all of it is there. */
  status: z.enum(['streaming', 'interrupted']).optional(),
  /** Who answered, as provider/model; only on answers. */
  model: z.string().optional(),
  usage: usageSchema.optional(),
})
/** A stored message: the OpenAI message as it was sent or answered, and what is known of it. */
export type SessionMessage = z.infer<typeof sessionMessageSchema>

export const sessionHistorySchema = z.object({
  session_id: sessionIdSchema,
  /** The session's system message, which stands before all others. */
  system: messageSchema.nullable(),
  messages: z.array(sessionMessageSchema),
  next_cursor: z.string().nullable(),
})
export type SessionHistory = z.infer<typeof sessionHistorySchema>

export const sessionExportSchema = z.object({
  session: sessionSchema,
  system: messageSchema.nullable(),
  messages: z.array(sessionMessageSchema),
  exported_at: time,
})
export type SessionExport = z.infer<typeof sessionExportSchema>

const controlCharacters = /\p{Cc}/u

export const sessionPatchSchema = z.object({
  title: z
    .string()
    .trim()
    .min(1, { error: 'give a title' })
    .max(200, { error: 'use at most 200 characters' })
    .refine((title) => !controlCharacters.test(title), { error: 'use one line of plain text' }),
})

/** `limit` and `cursor` of a list. */
export function pageSchema(most: number, usual: number) {
  const error = `give a whole number from 1 to ${most}`
  return z.object({
    limit: z.coerce
      .number<string>({ error })
      .int({ error })
      .min(1, { error })
      .max(most, { error })
      .default(usual),
    cursor: z.string().max(1000).optional(),
  })
}

export const sessionListQuerySchema = pageSchema(200, 50)
export const sessionHistoryQuerySchema = pageSchema(1000, 1000)
