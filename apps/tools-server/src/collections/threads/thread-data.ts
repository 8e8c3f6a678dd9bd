import type { IndexType } from '../vectors/index-file.ts'

/** What both threads of the collections are started with. */
export interface ThreadData {
  /** `data/tools.db` */
  dbPath: string
  /** `data/indexes` */
  indexesDir: string
  indexType: IndexType
  /** False leaves FAISS alone, as where it is not there. */
  useFaiss: boolean
  /** HNSW: how many neighbours a search keeps looking at. */
  efSearch: number
  /** In MiB, for the vectors of the collections that were searched last. */
  memoryMb: number
}
