import type { KnowledgeDb, SearchedCollection } from '@tandem/db'
import { folderOf } from '../places.ts'
import type { Matrix } from '../vectors/exact.ts'
import type { Faiss } from '../vectors/faiss.ts'
import { loadIndexFile, type LoadedIndex } from '../vectors/index-file.ts'
import { createVectorIndex, type VectorIndex } from '../vectors/vector-index.ts'
import type { ThreadData } from './thread-data.ts'

export interface LoadedVectors extends VectorIndex {
  matrix: Matrix
  loaded: LoadedIndex | undefined
}

export interface LoadOptions {
  db: KnowledgeDb
  data: ThreadData
  faiss: Faiss | undefined
}

/** The vectors of a collection as it is now; what is in memory of it already is kept. */
export async function loadVectors(
  { db, data, faiss }: LoadOptions,
  { rowId, id }: SearchedCollection,
  { embedder, previous }: { embedder: string; previous: LoadedVectors | undefined },
): Promise<LoadedVectors> {
  // The generation before the tags: what comes between is looked for once more.
  const generation = (await db.retrieval.generation(rowId)) ?? 0
  const kind = { collection: id, embedder, type: data.indexType }
  const folder = folderOf(data.indexesDir, rowId)
  const loaded = previous?.loaded ?? (faiss && (await loadIndexFile(faiss, folder, kind)))
  if (loaded && data.indexType === 'HNSW') loaded.index.setParameter('efSearch', data.efSearch)
  const wanted = await db.retrieval.vectorTags(rowId, embedder)
  const parts = { rows: db.retrieval, generation, wanted, loaded, previous: previous?.matrix }
  return { ...(await createVectorIndex(parts)), loaded }
}

/** Fewer are compared one by one as quickly. */
const minIndexed = 1000

/** Whether a new FAISS index would help. */
export function isWorthIndexing({ indexed, beside, removed }: VectorIndex['stats']): boolean {
  if (indexed + beside < minIndexed) return false
  return indexed === 0 || beside > Math.max(minIndexed, indexed / 10) || removed > indexed / 5
}
