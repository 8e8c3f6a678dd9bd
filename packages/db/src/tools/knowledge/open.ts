/** The knowledge tables alone, for the threads of the tools server; the server itself has opened the database before. */
import { openStore } from '../../sqlite/store.ts'
import type { ToolsStore } from '../tools-store.ts'
import { createBatchRows, type BatchRows } from './batches.ts'
import { createCollectionRows, type CollectionRows } from './collections.ts'
import { createDocumentRows, type DocumentRows } from './documents.ts'
import { createIndexingRows, type IndexingRows } from './indexing.ts'
import { createRetrievalRows, type RetrievalRows } from './retrieval.ts'

export interface KnowledgeDb {
  collections: CollectionRows
  documents: DocumentRows
  batches: BatchRows
  indexing: IndexingRows
  retrieval: RetrievalRows
  close(): Promise<void>
}

/**
 * Opens `data/tools.db` without touching its tables: `openToolsDb` has brought them up to date.
 * @throws AppError `storage_unavailable`, as every query, where the file cannot be opened or the storage fails.
 */
export async function openKnowledgeDb({
  path,
  now = Date.now,
}: {
  path: string
  now?: () => number
}): Promise<KnowledgeDb> {
  const store = await openStore({ path, checkpoints: true })
  const db: ToolsStore = { ...store, now }
  return {
    collections: createCollectionRows(db),
    documents: createDocumentRows(db),
    batches: createBatchRows(db),
    indexing: createIndexingRows(db),
    retrieval: createRetrievalRows(db),
    close: () => db.close(),
  }
}
