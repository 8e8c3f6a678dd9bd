/** What was spent, as the accounts API tells it. */
import { z } from 'zod'

const timeSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'give a day (2026-11-21) or a time (2026-11-21T08:00:00Z)',
})

const groupSchema = z.enum(['day', 'model', 'user'], {
  error: 'choose some of day, model and user, separated by commas',
})

/** `group_by=day,model`, or the parameter twice. */
const groupsSchema = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat().flatMap((part) => part.split(',')))
  .transform((words) => [...new Set(words.map((word) => word.trim()))])
  .pipe(z.array(groupSchema))

/** `GET /api/usage`, `GET /api/admin/usage`. Days are UTC; a day as `to` is counted whole. */
export const usageQuerySchema = z.object({
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  group_by: groupsSchema.optional(),
  /** Only this user's; for administrators. */
  user_id: z.string().optional(),
})

const usageSumsSchema = z.object({
  requests: z.int(),
  /** Of these, with a status from 400 on. */
  failed_requests: z.int(),
  /** Of these, with tokens that we estimated since the provider did not report them. */
  estimated_requests: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  cached_tokens: z.int(),
  reasoning_tokens: z.int(),
})

export const usageReportSchema = z.object({
  from: z.iso.datetime(),
  /** Up to but without this moment. */
  to: z.iso.datetime(),
  group_by: z.array(groupSchema),
  data: z.array(
    usageSumsSchema.extend({
      day: z.iso.date().optional(),
      provider: z.string().optional(),
      model: z.string().optional(),
      user_id: z.string().optional(),
      username: z.string().optional(),
    }),
  ),
  totals: usageSumsSchema,
})
export type UsageReport = z.infer<typeof usageReportSchema>
