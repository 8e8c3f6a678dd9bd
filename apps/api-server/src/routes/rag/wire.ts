/** Collections in the words of the simple API. */
import { z } from 'zod'
import {
  attributesSchema,
  collectionSchema,
  documentFilterSchema,
  documentSchema,
  metadataSchema,
  newFileDocumentSchema,
  newTextDocumentSchema,
  searchHitSchema,
  type Collection,
  type Document,
  type SearchAnswer,
} from '@tandem/schemas'

/** A name stands in paths, where `.` and `..` mean something else. */
const nameSchema = z.string().trim().min(1).max(256).regex(/[^.]/, 'it needs more than dots')

export const ragCollectionRequestSchema = z.object({
  name: nameSchema,
  description: z.string().max(512).optional(),
  metadata: metadataSchema.optional(),
})

export const ragCollectionSchema = collectionSchema
  .pick({ id: true, name: true, description: true, metadata: true, bytes: true, created_at: true })
  .extend({
    /** `in_progress` while a search does not find all of it. */
    status: z.enum(['in_progress', 'completed']),
    documents: z.object({
      in_progress: z.number(),
      completed: z.number(),
      failed: z.number(),
      cancelled: z.number(),
      total: z.number(),
    }),
  })

const documentOptions = { title: true, attributes: true } as const
export const ragTextSchema = newTextDocumentSchema.pick({ text: true, ...documentOptions })
export const ragFileSchema = newFileDocumentSchema.pick({ file_id: true, ...documentOptions })
export const ragDocumentSchema = documentSchema
  .omit({ collection_id: true, chunk_size: true, chunk_overlap: true })
  .extend({ attributes: attributesSchema })

export const ragSearchSchema = z.strictObject({
  query: z.string().trim().min(1, 'it is empty').max(8192),
  k: z.number().int().min(1).max(50).default(5),
  filters: documentFilterSchema.optional(),
})

export const ragAnswerSchema = z.object({
  query: z.string(),
  /** How it was found: `lexical` is by words alone, and `notice` says why. */
  mode: z.enum(['hybrid', 'lexical', 'vector']),
  notice: z.string().optional(),
  results: z.array(searchHitSchema.omit({ collection_id: true }).extend({ n: z.number() })),
})

export function toRagCollection(collection: Collection): z.infer<typeof ragCollectionSchema> {
  const { id, name, description, metadata, bytes, created_at, documents } = collection
  const total = Object.values(documents).reduce((sum, count) => sum + count, 0)
  return {
    id,
    name,
    description,
    metadata,
    bytes,
    created_at,
    status: documents.in_progress > 0 ? 'in_progress' : 'completed',
    documents: { ...documents, total },
  }
}

export function toRagDocument(document: Document): z.infer<typeof ragDocumentSchema> {
  const { collection_id: _id, chunk_size: _size, chunk_overlap: _overlap, ...rest } = document
  return rest
}

export function toRagAnswer(
  query: string,
  { data, mode, notice }: SearchAnswer,
): z.infer<typeof ragAnswerSchema> {
  return {
    query,
    mode,
    ...(notice !== undefined && { notice }),
    results: data.map(({ collection_id: _id, ...hit }, at) => ({ n: at + 1, ...hit })),
  }
}
