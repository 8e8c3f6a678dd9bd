/** Vector stores and collections of documents in the OpenAPI document. */
import { z } from 'zod'
import {
  documentQuerySchema,
  fileBatchRequestSchema,
  fileBatchSchema,
  pageQuerySchema,
  vectorStoreFileContentSchema,
  vectorStoreFilePatchSchema,
  vectorStoreFileRequestSchema,
  vectorStoreFileSchema,
  vectorStorePatchSchema,
  vectorStoreRequestSchema,
  vectorStoreSchema,
  vectorStoreSearchAnswerSchema,
  vectorStoreSearchSchema,
} from '@tandem/schemas'
import type { EndpointKey } from '../endpoints.ts'
import {
  ragAnswerSchema,
  ragCollectionRequestSchema,
  ragCollectionSchema,
  ragDocumentSchema,
  ragFileSchema,
  ragSearchSchema,
  ragTextSchema,
} from '../rag/wire.ts'
import { vectorStoreFileQuerySchema } from '../vector-stores/files.ts'
import type { Operation } from './operation.ts'

const store = vectorStoreSchema.meta({ id: 'VectorStore' })
const file = vectorStoreFileSchema.meta({ id: 'VectorStoreFile' })
const batch = fileBatchSchema.meta({ id: 'VectorStoreFileBatch' })
const collection = ragCollectionSchema.meta({ id: 'Collection' })
const document = ragDocumentSchema.meta({ id: 'Document' })

const removed = z.object({ id: z.string(), deleted: z.literal(true) })
const openaiRemoved = removed.extend({ object: z.string() })
const openaiListOf = (item: z.ZodType): z.ZodType =>
  z.object({
    object: z.literal('list'),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })

const question = 'How many days of vacation do I have?'

export const documentOperations = {
  'POST /v1/vector_stores': {
    request: { schema: vectorStoreRequestSchema, example: { name: 'Handbook' } },
    response: store,
  },
  'GET /v1/vector_stores': { query: pageQuerySchema, response: openaiListOf(store) },
  'GET /v1/vector_stores/{id}': { response: store },
  'POST /v1/vector_stores/{id}': {
    request: { schema: vectorStorePatchSchema, example: { name: 'Handbook 2026' } },
    response: store,
  },
  'DELETE /v1/vector_stores/{id}': { response: openaiRemoved },
  'POST /v1/vector_stores/{id}/search': {
    request: { schema: vectorStoreSearchSchema, example: { query: question } },
    response: vectorStoreSearchAnswerSchema,
  },
  'POST /v1/vector_stores/{id}/files': {
    request: { schema: vectorStoreFileRequestSchema, example: { file_id: 'file-…' } },
    response: file,
  },
  'GET /v1/vector_stores/{id}/files': {
    query: vectorStoreFileQuerySchema,
    response: openaiListOf(file),
  },
  'GET /v1/vector_stores/{id}/files/{file}': { response: file },
  'POST /v1/vector_stores/{id}/files/{file}': {
    request: { schema: vectorStoreFilePatchSchema, example: { attributes: { year: 2026 } } },
    response: file,
  },
  'DELETE /v1/vector_stores/{id}/files/{file}': { response: openaiRemoved },
  'GET /v1/vector_stores/{id}/files/{file}/content': { response: vectorStoreFileContentSchema },
  'POST /v1/vector_stores/{id}/file_batches': {
    request: { schema: fileBatchRequestSchema, example: { file_ids: ['file-…'] } },
    response: batch,
  },
  'GET /v1/vector_stores/{id}/file_batches/{batch}': { response: batch },
  'POST /v1/vector_stores/{id}/file_batches/{batch}/cancel': { response: batch },
  'GET /v1/vector_stores/{id}/file_batches/{batch}/files': {
    query: vectorStoreFileQuerySchema,
    response: openaiListOf(file),
  },

  'GET /api/rag/collections': {
    query: pageQuerySchema,
    response: z.object({ collections: z.array(collection), has_more: z.boolean() }),
  },
  'POST /api/rag/collections': {
    request: { schema: ragCollectionRequestSchema, example: { name: 'handbook' } },
    response: collection,
    status: 201,
  },
  'GET /api/rag/collections/{name}': { response: collection },
  'DELETE /api/rag/collections/{name}': { response: removed.extend({ name: z.string() }) },
  'POST /api/rag/collections/{name}/search': {
    request: { schema: ragSearchSchema, example: { query: question, k: 5 } },
    response: ragAnswerSchema,
  },
  'GET /api/rag/collections/{name}/documents': {
    query: documentQuerySchema.omit({ batch: true }),
    response: z.object({ documents: z.array(document), has_more: z.boolean() }),
  },
  'POST /api/rag/collections/{name}/documents': {
    request: {
      schema: z.union([ragTextSchema, ragFileSchema]),
      example: { title: 'Leave', text: 'Everybody has 27 days of vacation a year.' },
    },
    response: document,
    status: 202,
  },
  'GET /api/rag/collections/{name}/documents/{id}': { response: document },
  'DELETE /api/rag/collections/{name}/documents/{id}': { response: removed },
} as const satisfies Partial<Record<EndpointKey, Operation>>
