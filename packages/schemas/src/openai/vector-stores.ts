/** OpenAI's vector stores: what is asked, and what is told. Times in seconds. */
import { z } from 'zod'
import { attributesSchema, documentStatusSchema, metadataSchema } from '../collections.ts'
import { documentFilterSchema } from '../document-filter.ts'

const expiresAfterSchema = z.object({
  anchor: z.literal('last_active_at'),
  days: z.number().int().min(1).max(365),
})

const staticChunksSchema = z
  .object({
    max_chunk_size_tokens: z.number().int().min(100).max(4096),
    chunk_overlap_tokens: z.number().int().min(0),
  })
  .refine((it) => it.chunk_overlap_tokens <= it.max_chunk_size_tokens / 2, {
    path: ['chunk_overlap_tokens'],
    message: 'at most half of max_chunk_size_tokens',
  })

/** `auto` is as the server is set. */
const chunkingStrategySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auto') }),
  z.object({ type: z.literal('static'), static: staticChunksSchema }),
])
export type ChunkingStrategy = z.infer<typeof chunkingStrategySchema>

const fileIdSchema = z.string().min(1).max(128)
const nameSchema = z.string().max(256)

export const vectorStoreRequestSchema = z.object({
  name: nameSchema.nullish(),
  description: z.string().max(512).nullish(),
  file_ids: z.array(fileIdSchema).max(2000).nullish(),
  chunking_strategy: chunkingStrategySchema.nullish(),
  expires_after: expiresAfterSchema.nullish(),
  metadata: metadataSchema.nullish(),
})

export const vectorStorePatchSchema = vectorStoreRequestSchema.pick({
  name: true,
  description: true,
  expires_after: true,
  metadata: true,
})

export const vectorStoreFileRequestSchema = z.object({
  file_id: fileIdSchema,
  attributes: attributesSchema.nullish(),
  chunking_strategy: chunkingStrategySchema.nullish(),
})
export type VectorStoreFileRequest = z.infer<typeof vectorStoreFileRequestSchema>

export const vectorStoreFilePatchSchema = z.object({ attributes: attributesSchema.nullable() })

/** `file_ids` with what holds for all of them, or `files` with what holds for each. */
export const fileBatchRequestSchema = z.object({
  file_ids: z.array(fileIdSchema).min(1).max(2000).nullish(),
  files: z.array(vectorStoreFileRequestSchema).min(1).max(2000).nullish(),
  attributes: attributesSchema.nullish(),
  chunking_strategy: chunkingStrategySchema.nullish(),
})

export const vectorStoreSearchSchema = z.object({
  query: z.union([
    z.string().trim().min(1, 'it is empty').max(8192),
    z.array(z.string().trim().min(1, 'it is empty').max(8192)).min(1).max(10),
  ]),
  max_num_results: z.number().int().min(1).max(50).nullish(),
  filters: documentFilterSchema.nullish(),
  ranking_options: z
    .object({
      /** `none` does without the reranker, where there is one. */
      ranker: z.string().nullish(),
      score_threshold: z.number().min(0).max(1).nullish(),
    })
    .nullish(),
  /** Taken, and nothing is rewritten. */
  rewrite_query: z.boolean().nullish(),
})

const countsSchema = z.object({
  in_progress: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
  total: z.number().int(),
})

export const vectorStoreSchema = z.object({
  /** `vs_…` */
  id: z.string(),
  object: z.literal('vector_store'),
  created_at: z.number().int(),
  name: z.string(),
  description: z.string().nullable(),
  usage_bytes: z.number().int(),
  file_counts: countsSchema,
  /** `in_progress` while a search does not find all of it. */
  status: z.enum(['in_progress', 'completed', 'expired']),
  expires_after: expiresAfterSchema.nullable(),
  expires_at: z.number().int().nullable(),
  last_active_at: z.number().int(),
  metadata: metadataSchema,
})
export type VectorStore = z.infer<typeof vectorStoreSchema>

export const vectorStoreFileSchema = z.object({
  /** The file's; of a text that came without one the document's. */
  id: z.string(),
  object: z.literal('vector_store.file'),
  created_at: z.number().int(),
  vector_store_id: z.string(),
  usage_bytes: z.number().int(),
  status: documentStatusSchema,
  last_error: z
    .object({
      code: z.enum(['server_error', 'unsupported_file', 'invalid_file']),
      message: z.string(),
    })
    .nullable(),
  attributes: attributesSchema,
  chunking_strategy: chunkingStrategySchema,
  /** Of ours: its name, and how far indexing is, 0 to 1. */
  filename: z.string(),
  progress: z.number(),
})
export type VectorStoreFile = z.infer<typeof vectorStoreFileSchema>

export const fileBatchSchema = z.object({
  /** `vsfb_…` */
  id: z.string(),
  object: z.literal('vector_store.files_batch'),
  created_at: z.number().int(),
  vector_store_id: z.string(),
  status: documentStatusSchema,
  file_counts: countsSchema,
})
export type FileBatch = z.infer<typeof fileBatchSchema>

export const vectorStoreSearchAnswerSchema = z.object({
  object: z.literal('vector_store.search_results.page'),
  search_query: z.array(z.string()),
  data: z.array(
    z.object({
      file_id: z.string(),
      filename: z.string(),
      score: z.number(),
      attributes: attributesSchema,
      content: z.array(z.object({ type: z.literal('text'), text: z.string() })),
      /** Of ours: where in the file it stands. */
      page: z.number().optional(),
      heading: z.string().optional(),
      sheet: z.string().optional(),
      line: z.number().optional(),
    }),
  ),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
  /** Of ours: `lexical` is by words alone, and why. */
  mode: z.string(),
  notice: z.string().optional(),
})
export type VectorStoreSearchAnswer = z.infer<typeof vectorStoreSearchAnswerSchema>

export const vectorStoreFileContentSchema = z.object({
  object: z.literal('vector_store.file_content.page'),
  data: z.array(z.object({ type: z.literal('text'), text: z.string() })),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
})
