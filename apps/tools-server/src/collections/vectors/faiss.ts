/**
 * FAISS by way of faiss-node, whose binding `scripts/setup-faiss.sh` builds where it can. The package has no working types
 * for ES modules; what is used of it is written down here.
 */
import { createRequire } from 'node:module'

/** Throws where a file or a call is wrong; labels are the order in which vectors were added. */
export interface FaissIndex {
  ntotal(): number
  getDimension(): number
  add(vectors: Float32Array): void
  train(vectors: Float32Array): void
  /** `labels` are -1 where there were fewer. Squared distances. */
  search(query: Float32Array, k: number): { distances: number[]; labels: number[] }
  write(path: string): void
  setParameter(name: string, value: number): void
  /** Gives the memory back at once; the garbage collector does not know how large it is. */
  dispose(): void
}

export interface Faiss {
  Index: {
    fromFactory(dimensions: number, description: string): FaissIndex
    read(path: string): FaissIndex
  }
}

export type FaissState = { ok: true; faiss: Faiss } | { ok: false; reason: string }

/** Its types are L2 by default; of vectors of length 1 the nearest are those of the largest cosine. */
export function loadFaiss(): FaissState {
  try {
    const faiss = createRequire(import.meta.url)('faiss-node') as Faiss
    // An unpatched binding leaks and cannot be told how far to search.
    const index = faiss.Index.fromFactory(1, 'Flat')
    index.add(new Float32Array(1))
    index.dispose()
    return { ok: true, faiss }
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return { ok: false, reason: why }
  }
}
