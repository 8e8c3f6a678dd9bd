/** Builds the FAISS index of a collection from the vectors in the database, in the thread that indexes. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ChunkTags, RetrievalRows } from '@tandem/db'
import { fromBytes } from '../../embeddings/unit.ts'
import type { Faiss, FaissIndex } from './faiss.ts'
import { saveIndexFile, type IndexKind, type IndexType } from './index-file.ts'

/** M 32 neighbours a vector; how many are looked at is set after loading. */
const descriptions: Record<IndexType, string> = { Flat: 'Flat', HNSW: 'HNSW32', SQ8: 'SQ8' }

/** Vectors added in one go; between two pages other calls of the thread get their turn. */
const pageSize = 500

/** Vectors from which SQ8 learns. */
const sampleSize = 4096

export interface BuildOptions {
  faiss: Faiss
  folder: string
  kind: IndexKind
  rows: RetrievalRows
}

/** @returns how many vectors are in it */
export async function buildIndex(options: BuildOptions, wanted: ChunkTags): Promise<number> {
  const { folder, kind, rows } = options
  const rowIds: number[] = []
  const tags: number[] = []
  let index: FaissIndex | undefined
  const tagOf = new Map(Array.from(wanted.rowIds, (rowId, at) => [rowId, wanted.tags[at] ?? 0]))
  try {
    for (let from = 0; from < wanted.rowIds.length; from += pageSize) {
      await nextTurn()
      const page = await readVectors(rows, [...wanted.rowIds.subarray(from, from + pageSize)])
      if (page.rowIds.length === 0) continue
      index ??= await begin(options, wanted, page.dimensions)
      if (page.dimensions !== index.getDimension()) throw new Error('vectors of different lengths')
      index.add(page.values)
      for (const rowId of page.rowIds) {
        rowIds.push(rowId)
        tags.push(tagOf.get(rowId) ?? 0)
      }
    }
    if (!index) return 0
    await saveIndexFile(folder, kind, {
      index,
      rowIds: Float64Array.from(rowIds),
      tags: Uint32Array.from(tags),
    })
    return rowIds.length
  } finally {
    index?.dispose()
  }
}

/** SQ8 learns the range of each dimension from some of the vectors. */
async function begin(
  { faiss, kind, rows }: BuildOptions,
  { rowIds }: ChunkTags,
  dimensions: number,
): Promise<FaissIndex> {
  const index = faiss.Index.fromFactory(dimensions, descriptions[kind.type])
  if (kind.type !== 'SQ8') return index
  const every = Math.ceil(rowIds.length / sampleSize)
  const sample = await readVectors(rows, Array.from(rowIds.filter((_, at) => at % every === 0)))
  index.train(sample.values)
  return index
}

export interface VectorPage {
  rowIds: number[]
  values: Float32Array
  dimensions: number
}

export async function readVectors(rows: RetrievalRows, rowIds: number[]): Promise<VectorPage> {
  const found = (await rows.vectors(rowIds)).map(({ rowId, vector }) => ({
    rowId,
    vector: fromBytes(vector),
  }))
  const dimensions = found[0]?.vector.length ?? 0
  const same = found.filter(({ vector }) => vector.length === dimensions)
  const values = new Float32Array(same.length * dimensions)
  for (const [at, { vector }] of same.entries()) values.set(vector, at * dimensions)
  return { rowIds: same.map(({ rowId }) => rowId), values, dimensions }
}
