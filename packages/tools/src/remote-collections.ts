import type { z } from 'zod'
import {
  batchSchema,
  collectionListSchema,
  collectionSchema,
  documentListSchema,
  documentSchema,
  documentTextSchema,
  searchAnswerSchema,
  type attributesSchema,
  type Collection,
  type collectionPatchSchema,
  type CollectionList,
  type collectionQuerySchema,
  type Document,
  type DocumentBatch,
  type DocumentList,
  type documentQuerySchema,
  type DocumentText,
  type newBatchSchema,
  type newCollectionSchema,
  type NewDocumentRequest,
  type SearchAnswer,
  type SearchRequest,
  type ServiceClaims,
} from '@tandem/schemas'
import type { Connection } from './connection.ts'
import { toUploadRequest, type RemoteUpload } from './remote-files.ts'
import { callJson, removedSchema, toQuery, toSegment } from './remote-http.ts'

interface Abortable {
  signal: AbortSignal
}

/** A thing in a collection: a document, by its id or its file's, or a batch. */
export interface InCollection {
  collection: string
  id: string
}

/**
 * The collections of one user, on the tools server. All throw AppError: `collection_not_found`, `document_not_found`,
 * `batch_not_found`, `file_not_found`, `collection_quota_exceeded`, `tools_unavailable`, …
 */
export interface CollectionsClient {
  create(
    claims: ServiceClaims,
    collection: z.input<typeof newCollectionSchema>,
    options: Abortable,
  ): Promise<Collection>
  list(
    claims: ServiceClaims,
    query: z.input<typeof collectionQuerySchema>,
    options: Abortable,
  ): Promise<CollectionList>
  get(claims: ServiceClaims, id: string, options: Abortable): Promise<Collection>
  update(
    claims: ServiceClaims,
    change: z.input<typeof collectionPatchSchema> & { id: string },
    options: Abortable,
  ): Promise<Collection>
  remove(claims: ServiceClaims, id: string, options: Abortable): Promise<void>
  addDocument(
    claims: ServiceClaims,
    added: NewDocumentRequest & { collection: string },
    options: Abortable,
  ): Promise<Document>
  /** A form with `file`, which is kept for the document alone. */
  uploadDocument(
    claims: ServiceClaims,
    upload: RemoteUpload & { collection: string },
    options: Abortable,
  ): Promise<Document>
  listDocuments(
    claims: ServiceClaims,
    query: z.input<typeof documentQuerySchema> & { collection: string },
    options: Abortable,
  ): Promise<DocumentList>
  getDocument(claims: ServiceClaims, key: InCollection, options: Abortable): Promise<Document>
  /** Its text in parts; `from` is 0, or what the part before calls `next`. @throws AppError `document_not_ready` too */
  readDocument(
    claims: ServiceClaims,
    key: InCollection & { from: number },
    options: Abortable,
  ): Promise<DocumentText>
  setAttributes(
    claims: ServiceClaims,
    change: InCollection & { attributes: z.infer<typeof attributesSchema> },
    options: Abortable,
  ): Promise<Document>
  removeDocument(claims: ServiceClaims, key: InCollection, options: Abortable): Promise<void>
  createBatch(
    claims: ServiceClaims,
    batch: z.input<typeof newBatchSchema> & { collection: string },
    options: Abortable,
  ): Promise<DocumentBatch>
  getBatch(claims: ServiceClaims, key: InCollection, options: Abortable): Promise<DocumentBatch>
  cancelBatch(claims: ServiceClaims, key: InCollection, options: Abortable): Promise<DocumentBatch>
  search(claims: ServiceClaims, request: SearchRequest, options: Abortable): Promise<SearchAnswer>
}

interface Call<Schema extends z.ZodType> {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  body?: object
  schema: Schema
}

type CallTools = <Schema extends z.ZodType>(
  claims: ServiceClaims,
  call: Call<Schema>,
  options: Abortable,
) => Promise<z.output<Schema>>

export function createCollectionsClient(connection: Connection): CollectionsClient {
  const call: CallTools = (claims, { body, ...rest }, { signal }) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return callJson(connection, { ...rest, claims, ...sent }, signal)
  }
  return {
    ...collectionCalls(call),
    ...documentCalls(call),
    ...batchCalls(call),
    uploadDocument: (claims, { collection, ...upload }, { signal }) => {
      const path = `${pathOf(collection)}/uploads`
      const sent = { ...toUploadRequest(upload), method: 'POST', path, claims } as const
      return callJson(connection, { ...sent, schema: documentSchema }, signal)
    },
  }
}

function collectionCalls(call: CallTools) {
  return {
    create: (claims, body, options) =>
      call(
        claims,
        { method: 'POST', path: '/collections', body, schema: collectionSchema },
        options,
      ),
    list: (claims, query, options) => {
      const path = `/collections?${toQuery(query)}`
      return call(claims, { method: 'GET', path, schema: collectionListSchema }, options)
    },
    get: (claims, id, options) =>
      call(claims, { method: 'GET', path: pathOf(id), schema: collectionSchema }, options),
    update: (claims, { id, ...body }, options) =>
      call(claims, { method: 'POST', path: pathOf(id), body, schema: collectionSchema }, options),
    remove: async (claims, id, options) => {
      await call(claims, { method: 'DELETE', path: pathOf(id), schema: removedSchema }, options)
    },
    search: (claims, body, options) =>
      call(
        claims,
        { method: 'POST', path: '/searches', body, schema: searchAnswerSchema },
        options,
      ),
  } satisfies Partial<CollectionsClient>
}

function documentCalls(call: CallTools) {
  return {
    addDocument: (claims, { collection, ...body }, options) => {
      const path = `${pathOf(collection)}/documents`
      return call(claims, { method: 'POST', path, body, schema: documentSchema }, options)
    },
    listDocuments: (claims, { collection, ...query }, options) => {
      const path = `${pathOf(collection)}/documents?${toQuery(query)}`
      return call(claims, { method: 'GET', path, schema: documentListSchema }, options)
    },
    getDocument: (claims, key, options) =>
      call(claims, { method: 'GET', path: documentPath(key), schema: documentSchema }, options),
    readDocument: (claims, { from, ...key }, options) => {
      const path = `${documentPath(key)}/content?from=${from}`
      return call(claims, { method: 'GET', path, schema: documentTextSchema }, options)
    },
    setAttributes: (claims, { attributes, ...key }, options) => {
      const sent = { method: 'POST', path: documentPath(key), body: { attributes } } as const
      return call(claims, { ...sent, schema: documentSchema }, options)
    },
    removeDocument: async (claims, key, options) => {
      await call(
        claims,
        { method: 'DELETE', path: documentPath(key), schema: removedSchema },
        options,
      )
    },
  } satisfies Partial<CollectionsClient>
}

function batchCalls(call: CallTools) {
  return {
    createBatch: (claims, { collection, ...body }, options) => {
      const path = `${pathOf(collection)}/batches`
      return call(claims, { method: 'POST', path, body, schema: batchSchema }, options)
    },
    getBatch: (claims, key, options) =>
      call(claims, { method: 'GET', path: batchPath(key), schema: batchSchema }, options),
    cancelBatch: (claims, key, options) => {
      const path = `${batchPath(key)}/cancel`
      return call(claims, { method: 'POST', path, schema: batchSchema }, options)
    },
  } satisfies Partial<CollectionsClient>
}

function pathOf(id: string): string {
  return `/collections/${toSegment(id)}`
}

function documentPath({ collection, id }: InCollection): string {
  return `${pathOf(collection)}/documents/${toSegment(id)}`
}

function batchPath({ collection, id }: InCollection): string {
  return `${pathOf(collection)}/batches/${toSegment(id)}`
}
