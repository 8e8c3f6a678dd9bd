/** The tools server's database: one connection, and each table's queries on it. */
import { fileURLToPath } from 'node:url'
import { openStore } from '../sqlite/store.ts'
import { createFileRows, type FileRows } from './files.ts'
import { createFunctionRows, type FunctionRows } from './functions.ts'
import { createBatchRows, type BatchRows } from './knowledge/batches.ts'
import { createCollectionRows, type CollectionRows } from './knowledge/collections.ts'
import { createDocumentRows, type DocumentRows } from './knowledge/documents.ts'
import type { ToolsStore } from './tools-store.ts'

export interface ToolsDb {
  files: FileRows
  functions: FunctionRows
  collections: CollectionRows
  /** What writes or reads much of them runs in a thread: `openKnowledgeDb`. */
  documents: DocumentRows
  batches: BatchRows
  /** Finishes what waits. */
  close(): Promise<void>
}

export interface ToolsDbOptions {
  /** The file, `data/tools.db`; it and its folder are made. */
  path: string
  /** How long a write waits for a lock that another process holds; 10 s. */
  patienceMs?: number | undefined
  now?: (() => number) | undefined
}

const migrations = fileURLToPath(new URL('./migrations', import.meta.url))

/**
 * Opens the database and brings its tables up to date.
 * @throws AppError `storage_unavailable`, as every query, where the file cannot be opened or the storage fails.
 */
export async function openToolsDb({
  path,
  patienceMs,
  now = Date.now,
}: ToolsDbOptions): Promise<ToolsDb> {
  const store = await openStore({
    path,
    migrations,
    ...(patienceMs !== undefined && { patienceMs }),
  })
  const db: ToolsStore = { ...store, now }
  return {
    files: createFileRows(db),
    functions: createFunctionRows(db),
    collections: createCollectionRows(db),
    documents: createDocumentRows(db),
    batches: createBatchRows(db),
    close: () => db.close(),
  }
}
