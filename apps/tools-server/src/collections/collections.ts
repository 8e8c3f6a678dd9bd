/** Collections of documents and what can be found in them. Every call names the owner. */
import { AppError } from '@tandem/schemas'
import type {
  AddedDocuments,
  BatchRows,
  CollectionQuery,
  CollectionRows,
  DocumentQuery,
  DocumentQuota,
  DocumentRows,
  NewCollection,
  NewDocuments,
  StoredCollection,
  StoredDocument,
} from '@tandem/db'
import type { Embeddings } from '../embeddings/embeddings.ts'
import type { EmbeddingState } from '../embeddings/types.ts'
import { createCallThread } from '../threads/call-thread.ts'
import type { Caller } from '../threads/caller.ts'
import type { CallMap } from '../threads/calls.ts'
import {
  sizesOf,
  toFileDocument,
  type AddedDocument,
  type AddedFile,
  type ChunkSizes,
} from './added-documents.ts'
import { createBackgroundBuilds } from './background-builds.ts'
import { createIndexer, type Indexer } from './indexer.ts'
import type { ReadFileText } from './indexing/parse-files.ts'
import type { Reranker } from './rerank.ts'
import { createSearch, type SearchAnswer, type SearchQuery } from './search.ts'
import type { SourcePart } from './source-parts.ts'
import type { IndexCalls } from './threads/index-calls.ts'
import type { SearchCalls } from './threads/search-calls.ts'
import type { ThreadData } from './threads/thread-data.ts'
import { createTouches } from './touches.ts'

export interface CollectionsState {
  embedding: EmbeddingState
  index: { engine: 'faiss' | 'exact'; type: string; reason?: string }
}

/** What is not the owner's is not there: `undefined` or `false`, and `search` throws `collection_not_found`. */
export interface Collections {
  /** @throws AppError `collection_name_taken` with `uniqueName` */
  create(
    owner: string,
    collection: NewCollection,
    options?: { uniqueName?: boolean },
  ): Promise<StoredCollection>
  /** Whether the owner has one. */
  any(owner: string): Promise<boolean>
  get(owner: string, id: string): Promise<StoredCollection | undefined>
  find(owner: string, name: string): Promise<StoredCollection | undefined>
  list(
    owner: string,
    query: CollectionQuery,
  ): Promise<{ collections: StoredCollection[]; hasMore: boolean }>
  update(
    owner: string,
    id: string,
    change: Partial<NewCollection>,
  ): Promise<StoredCollection | undefined>
  remove(owner: string, id: string): Promise<boolean>
  /** All that an owner has. */
  removeAll(owner: string): Promise<void>
  /** Begins indexing in the background; the document is `in_progress` until a search finds it. */
  addDocument(
    owner: string,
    collection: string,
    document: AddedDocument,
  ): Promise<StoredDocument | undefined>
  /** The same with files; all or none of them. */
  addFiles(
    owner: string,
    collection: string,
    added: { files: readonly AddedFile[]; asBatch?: boolean },
  ): Promise<AddedDocuments | undefined>
  /** By its id or its file's. */
  getDocument: DocumentRows['get']
  listDocuments(
    owner: string,
    collection: string,
    query: DocumentQuery,
  ): ReturnType<DocumentRows['list']>
  /** The text as it was parsed, in parts; undefined also while there is none yet. */
  readDocument(
    owner: string,
    collection: string,
    wanted: { id: string; from: number },
  ): Promise<SourcePart | undefined>
  setAttributes: DocumentRows['setAttributes']
  cancelDocument: DocumentRows['cancel']
  removeDocument: DocumentRows['remove']
  getBatch: BatchRows['get']
  cancelBatch: BatchRows['cancel']
  /** What was made of a file, everywhere; to be called where the file is removed. */
  removeFile(owner: string, fileId: string): Promise<void>
  search(owner: string, query: SearchQuery, options: { signal: AbortSignal }): Promise<SearchAnswer>
  state(): Promise<CollectionsState>
  /** Goes on with what was being indexed when the server stopped, and tidies now and then. */
  start(): void
  /** Resolves when all that waits is indexed, and no index is being built. */
  idle(): Promise<void>
  close(): Promise<void>
}

export interface CollectionsOptions extends ChunkSizes {
  db: { collections: CollectionRows; documents: DocumentRows; batches: BatchRows }
  embeddings: Embeddings
  readFileText: ReadFileText
  quota: DocumentQuota
  threads: ThreadData
  reranker?: Reranker | undefined
  onError: (error: unknown) => void
}

interface Parts extends CollectionsOptions {
  indexThread: Caller<IndexCalls>
  searchThread: Caller<SearchCalls>
  indexer: Indexer
}

/** Its threads start at the first call. */
export function createCollections(options: CollectionsOptions): Collections {
  const { embeddings, readFileText, threads, reranker, onError } = options
  const indexThread = startThread<IndexCalls>('index-worker', threads)
  const searchThread = startThread<SearchCalls>('search-worker', threads)
  const indexer = createIndexer({
    thread: indexThread,
    embeddings,
    readFileText,
    onError,
    onLearned: (rowId) => void searchThread.call('forget', [rowId]).catch(onError),
  })
  const builds = createBackgroundBuilds({ indexThread, searchThread, onError })
  const touches = createTouches({ touch: options.db.collections.touch, onError })
  const search = createSearch({ indexThread, searchThread, builds, embeddings, reranker, onError })
  const parts: Parts = { ...options, indexThread, searchThread, indexer }
  const sweeping = createSweeping(parts)
  return {
    ...collectionCalls(parts),
    ...documentCalls(parts),
    async search(owner, query, { signal }) {
      const answer = await search(owner, query, { signal })
      touches.note(owner, query.collections)
      return answer
    },
    state: () => readState(parts),
    start() {
      sweeping.start()
      indexer.wake()
    },
    async idle() {
      await indexer.idle()
      await builds.idle()
    },
    async close() {
      await sweeping.stop()
      await indexer.close()
      await builds.idle()
      await touches.close()
      await Promise.all([indexThread.close(), searchThread.close()])
    },
  }
}

/** A search leaves little behind: more room would only let the process grow. */
const youngGenerationMb = 12

function startThread<Calls extends CallMap<Calls>>(
  name: string,
  workerData: ThreadData,
): Caller<Calls> {
  const url = new URL(`./threads/${name}.ts`, import.meta.url)
  return createCallThread({ url, workerData, youngGenerationMb })
}

function collectionCalls(
  parts: Parts,
): Pick<
  Collections,
  'create' | 'any' | 'get' | 'find' | 'list' | 'update' | 'remove' | 'removeAll'
> {
  const { db, indexThread } = parts
  return {
    async create(owner, collection, creation) {
      const created = await db.collections.create(owner, collection, creation)
      if (!created) throw new AppError('collection_name_taken', { param: 'name' })
      return created
    },
    any: db.collections.any,
    get: db.collections.get,
    find: db.collections.find,
    list: db.collections.list,
    update: db.collections.update,
    remove: async (owner, id) =>
      (await forget(parts, indexThread.call('removeCollection', owner, id))) > 0,
    removeAll: async (owner) => void (await forget(parts, indexThread.call('removeOwner', owner))),
  }
}

/** Closes the indexes of what was removed. */
async function forget({ searchThread }: Parts, removing: Promise<number[]>): Promise<number> {
  const rowIds = await removing
  if (rowIds.length > 0) await searchThread.call('forget', rowIds)
  return rowIds.length
}

function documentCalls(parts: Parts) {
  const { db, indexThread, indexer, quota } = parts
  const add = async (
    owner: string,
    collection: string,
    documents: Omit<NewDocuments, 'quota'>,
  ): Promise<AddedDocuments | undefined> => {
    const added = await indexThread.call('add', owner, collection, { ...documents, quota })
    if (added?.documents.some(({ status }) => status === 'in_progress')) indexer.wake()
    return added
  }
  return {
    async addDocument(owner, collection, document) {
      const added = await add(owner, collection, {
        documents: [{ ...document, ...sizesOf(document, parts) }],
      })
      return added?.documents[0]
    },
    addFiles: (owner, collection, { files, asBatch = false }) =>
      add(owner, collection, {
        documents: files.map((each) => toFileDocument(each, parts)),
        asBatch,
      }),
    getDocument: db.documents.get,
    listDocuments: db.documents.list,
    readDocument: (...args) => indexThread.call('source', ...args),
    setAttributes: db.documents.setAttributes,
    cancelDocument: (...args) => indexThread.call('cancelDocument', ...args),
    removeDocument: (...args) => indexThread.call('removeDocument', ...args),
    getBatch: db.batches.get,
    cancelBatch: (...args) => indexThread.call('cancelBatch', ...args),
    removeFile: async (owner, fileId) => void (await indexThread.call('removeFile', owner, fileId)),
  } satisfies Partial<Collections>
}

const sweepMs = 3_600_000

/** Removes what has expired, now and every hour. */
function createSweeping(parts: Parts): { start(): void; stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> | undefined
  const sweep = (): void => {
    running = forget(parts, parts.indexThread.call('sweep')).catch(parts.onError)
  }
  return {
    start() {
      timer ??= setInterval(sweep, sweepMs).unref()
      sweep()
    },
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

async function readState({ embeddings, searchThread, threads }: Parts): Promise<CollectionsState> {
  const faiss = await searchThread.call('faiss')
  return {
    embedding: embeddings.state(),
    index: faiss.ok
      ? { engine: 'faiss', type: threads.indexType }
      : { engine: 'exact', type: 'exact', reason: faiss.reason },
  }
}
