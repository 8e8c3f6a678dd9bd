/** Collections of documents, as the tools server tells them to the main API. Times in seconds, sizes of chunks in tokens. */
import { z } from 'zod'
import { documentFilterSchema } from './document-filter.ts'
import { documentBlockSchema } from './documents.ts'

/** OpenAI's limits: 16 pairs. */
export const metadataSchema = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs')

export const attributesSchema = z
  .record(z.string().min(1).max(64), z.union([z.string().max(512), z.number(), z.boolean()]))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs')

export const documentStatusSchema = z.enum(['in_progress', 'completed', 'failed', 'cancelled'])

const countsSchema = z.record(documentStatusSchema, z.number().int())

export const collectionSchema = z.object({
  /** `vs_…` */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  metadata: metadataSchema,
  /** After its last use it is kept for so long; null is for ever. */
  expires_after_days: z.number().int().nullable(),
  last_active_at: z.number().int(),
  created_at: z.number().int(),
  /** Of its documents' text. */
  bytes: z.number().int(),
  documents: countsSchema,
})
export type Collection = z.infer<typeof collectionSchema>

export const newCollectionSchema = z.object({
  name: z.string().max(256).default(''),
  description: z.string().max(512).optional(),
  metadata: metadataSchema.optional(),
  expires_after_days: z.number().int().min(1).max(365).nullish(),
  /** 409 where the owner has one of this name. */
  unique_name: z.boolean().default(false),
})

export const collectionPatchSchema = newCollectionSchema
  .omit({ unique_name: true })
  .extend({ name: z.string().max(256).optional() })

const pageFields = {
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: z.coerce.number<string | number>().int().min(1).max(100).default(20),
  after: z.string().max(128).optional(),
  before: z.string().max(128).optional(),
}
export const pageQuerySchema = z.object(pageFields)
export const collectionQuerySchema = z.object({
  ...pageFields,
  name: z.string().max(256).optional(),
})
export const documentQuerySchema = z.object({
  ...pageFields,
  status: documentStatusSchema.optional(),
  batch: z.string().max(128).optional(),
})

export const collectionListSchema = z.object({
  data: z.array(collectionSchema),
  has_more: z.boolean(),
})
export type CollectionList = z.infer<typeof collectionListSchema>

export const documentSchema = z.object({
  /** `doc_…` */
  id: z.string(),
  file_id: z.string().nullable(),
  collection_id: z.string(),
  title: z.string(),
  attributes: attributesSchema,
  /** `completed` once a search finds all of it. */
  status: documentStatusSchema,
  error: z
    .object({
      code: z.enum(['server_error', 'unsupported_file', 'invalid_file']),
      message: z.string(),
    })
    .nullable(),
  bytes: z.number().int(),
  /** What a search can find of it now. */
  chunks: z.number().int(),
  /** How far indexing is, 0 to 1. */
  progress: z.number(),
  chunk_size: z.number().int(),
  chunk_overlap: z.number().int(),
  created_at: z.number().int(),
  updated_at: z.number().int(),
})
export type Document = z.infer<typeof documentSchema>

export const documentListSchema = z.object({ data: z.array(documentSchema), has_more: z.boolean() })
export type DocumentList = z.infer<typeof documentListSchema>

const documentOptions = {
  title: z.string().trim().min(1).max(256).optional(),
  attributes: attributesSchema.optional(),
  chunk_size: z.number().int().min(32).max(4096).optional(),
  chunk_overlap: z.number().int().min(0).max(2048).optional(),
}

export const newFileDocumentSchema = z.object({
  file_id: z.string().min(1).max(128),
  ...documentOptions,
})
export type NewFileDocumentRequest = z.infer<typeof newFileDocumentSchema>

export const newTextDocumentSchema = z.object({
  text: z.string().min(1, 'it is empty'),
  ...documentOptions,
})

/** Text, or a file of the owner's. */
export const newDocumentSchema = z.union([newTextDocumentSchema, newFileDocumentSchema])
export type NewDocumentRequest = z.infer<typeof newDocumentSchema>

export const newBatchSchema = z.object({
  files: z.array(newFileDocumentSchema).min(1).max(2000),
})

export const batchSchema = z.object({
  /** `vsfb_…` */
  id: z.string(),
  collection_id: z.string(),
  cancelled: z.boolean(),
  created_at: z.number().int(),
  documents: countsSchema,
})
export type DocumentBatch = z.infer<typeof batchSchema>

/** A part of a document's text. */
export const documentTextSchema = z.object({
  blocks: z.array(documentBlockSchema),
  /** Where the next part begins; undefined after the last one. */
  next: z.number().int().optional(),
})
export type DocumentText = z.infer<typeof documentTextSchema>

export const searchRequestSchema = z.object({
  /** Ids. */
  collections: z.array(z.string().min(1).max(128)).min(1).max(50),
  /** Several are searched for each by itself, and what they find is put together. */
  queries: z.array(z.string().min(1).max(8192)).min(1).max(10),
  k: z.number().int().min(1).max(50).default(10),
  filter: documentFilterSchema.optional(),
  /** Results of this score or a higher one alone. */
  min_score: z.number().optional(),
  rerank: z.boolean().optional(),
})
export type SearchRequest = z.input<typeof searchRequestSchema>

export const searchHitSchema = z.object({
  /** 0 to 1, also from one search to the next: how well the text answers the query. Results are in the order of their ranks, which may differ. */
  score: z.number(),
  /** The cosine of query and text, where vectors found it. */
  similarity: z.number().optional(),
  collection_id: z.string(),
  document_id: z.string(),
  file_id: z.string().nullable(),
  title: z.string(),
  attributes: attributesSchema,
  text: z.string(),
  page: z.number().optional(),
  heading: z.string().optional(),
  sheet: z.string().optional(),
  line: z.number().optional(),
  /** The texts before and after it. */
  before: z.string().optional(),
  after: z.string().optional(),
})
export type SearchHit = z.infer<typeof searchHitSchema>

export const searchAnswerSchema = z.object({
  data: z.array(searchHitSchema),
  /** How they were found: `lexical` is by words alone. */
  mode: z.enum(['hybrid', 'lexical', 'vector']),
  reranked: z.boolean(),
  /** Why it is not as good as it could be. */
  notice: z.string().optional(),
})
export type SearchAnswer = z.infer<typeof searchAnswerSchema>
