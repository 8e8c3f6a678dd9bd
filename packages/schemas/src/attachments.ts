import { z } from 'zod'

/** What a model is told of a file without asking. */
export const attachmentDescriptionSchema = z.object({
  /** In plain words: `CSV table`. */
  kind: z.string(),
  /** The most important first; each a line. */
  facts: z.array(z.string()),
  /** The beginning of what it holds, as text. */
  excerpt: z.string(),
})
export type AttachmentDescription = z.infer<typeof attachmentDescriptionSchema>

/** A file of the user's that came with a request: described, or why it cannot be. */
export const attachmentSchema = z.object({
  /** `file-…` */
  file_id: z.string(),
  name: z.string(),
  media_type: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
  description: attachmentDescriptionSchema.optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})
export type Attachment = z.infer<typeof attachmentSchema>

/** So many files may come with one request. */
export const maxAttachments = 20

/** `POST /attachments` on the tools server. */
export const attachmentsRequestSchema = z.object({
  file_ids: z.array(z.string().min(1).max(128)).min(1).max(maxAttachments),
})
export const attachmentsResponseSchema = z.object({ attachments: z.array(attachmentSchema) })
