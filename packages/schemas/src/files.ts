import { randomBytes } from 'node:crypto'
import { z } from 'zod'

/** `file-…`, with 144 random bits. */
export function newFileId(): string {
  return `file-${randomBytes(18).toString('base64url')}`
}

/** An id that `newFileId` made. */
export const fileIdSchema = z.string().regex(/^file-[\w-]{24}$/)

/** A file as OpenAI's Files API tells it, and two fields of ours. Times in seconds. */
export const fileObjectSchema = z.object({
  /** `file-…` */
  id: z.string(),
  object: z.literal('file'),
  bytes: z.number().int().nonnegative(),
  created_at: z.number().int(),
  expires_at: z.number().int().nullish(),
  /** A label, never a path. */
  filename: z.string(),
  purpose: z.string(),
  status: z.literal('processed'),
  /** What the bytes are, whatever the caller said. */
  media_type: z.string(),
  sha256: z.string(),
})
export type FileObject = z.infer<typeof fileObjectSchema>

export const fileListSchema = z.object({
  object: z.literal('list'),
  data: z.array(fileObjectSchema),
  has_more: z.boolean(),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
})
export type FileList = z.infer<typeof fileListSchema>

export const purposeSchema = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'use letters, digits, - and _ only, at most 64')

/** The query of `GET /v1/files`. */
export const fileQuerySchema = z.object({
  purpose: purposeSchema.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: z.coerce.number<string>().int().min(1).max(10_000).default(1000),
  after: z.string().max(128).optional(),
})

export const fileRemovedSchema = z.object({
  id: z.string(),
  object: z.literal('file'),
  deleted: z.literal(true),
})
