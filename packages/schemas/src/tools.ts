import { z } from 'zod'

/** A file that a tool made; `fileId` names it in the file store, `bytes` is its size. */
export const artifactSchema = z.object({
  fileId: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number().int().nonnegative(),
})
export type Artifact = z.infer<typeof artifactSchema>

/** A source, numbered as in the text that cites it. */
export const citationSchema = z.object({
  n: z.number().int(),
  title: z.string(),
  url: z.string().optional(),
  fileId: z.string().optional(),
  /** Where it stands in a collection of documents. */
  collectionId: z.string().optional(),
  documentId: z.string().optional(),
  page: z.number().int().optional(),
  heading: z.string().optional(),
  quote: z.string().optional(),
})
export type Citation = z.infer<typeof citationSchema>

/** `fraction` is 0 to 1. */
export const toolProgressSchema = z.object({
  message: z.string(),
  fraction: z.number().min(0).max(1).optional(),
  preview: z.string().optional(),
})
export type ToolProgress = z.infer<typeof toolProgressSchema>

export const toolResultSchema = z.object({
  /** What the model reads: bounded, head and tail kept. */
  content: z.string(),
  /** What a program reads. */
  data: z.unknown().optional(),
  artifacts: z.array(artifactSchema),
  citations: z.array(citationSchema),
  error: z.object({ code: z.string(), retryable: z.boolean() }).optional(),
})
export type ToolResult = z.infer<typeof toolResultSchema>

export const toolCallRequestSchema = z.object({
  arguments: z.unknown(),
  call_id: z.string().min(1).max(128),
  /** How this one call may ask the main API's models, where it may. */
  models: z.object({ base_url: z.string(), token: z.string() }).optional(),
  /** Ids of files that came with the conversation. */
  attachments: z.array(z.string().min(1).max(128)).max(1000).optional(),
})
/** The body of `POST /tools/{name}` on the tools server; owner, session and run are in the service token. */
export type ToolCallRequest = z.infer<typeof toolCallRequestSchema>

export const toolAvailabilitySchema = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({
    ok: z.literal(false),
    reason: z.string(),
    remedy: z.string(),
    /** It is for the caller to mend, and a call answers how: whoever names the tool may have it. */
    callable: z.boolean().optional(),
  }),
])
export type ToolAvailability = z.infer<typeof toolAvailabilitySchema>

export const toolTraitsSchema = z.object({
  readOnly: z.boolean(),
  parallelSafe: z.boolean(),
  idempotent: z.boolean(),
  timeoutMs: z.number().int().positive(),
})
export type ToolTraits = z.infer<typeof toolTraitsSchema>

export const toolDescriptionSchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  description: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  traits: toolTraitsSchema,
  available: toolAvailabilitySchema,
  /** Where it comes from: built in, a plugin of the operator's, or the caller's own function. */
  source: z.enum(['builtin', 'plugin', 'custom']).default('builtin'),
})
/** One tool as `GET /tools` lists it. */
export type ToolDescription = z.infer<typeof toolDescriptionSchema>

/** A plugin that could not be loaded; it disables nothing else. */
export const pluginErrorSchema = z.object({ plugin: z.string(), message: z.string() })
export type PluginError = z.infer<typeof pluginErrorSchema>

export const toolListSchema = z.object({
  tools: z.array(toolDescriptionSchema),
  errors: z.array(pluginErrorSchema).default([]),
})
export type ToolList = z.infer<typeof toolListSchema>

/** The claims of a service token beside `aud`, `iss` and `exp`: who the call is for. */
export const serviceClaimsSchema = z.object({
  sub: z.string().min(1),
  session: z.string().optional(),
  run: z.string().optional(),
})
export type ServiceClaims = z.infer<typeof serviceClaimsSchema>
