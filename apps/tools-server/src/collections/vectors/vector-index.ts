/**
 * The vectors of one collection as a search sees them: a FAISS index of most of them, where there is one, and beside it the
 * ones that came later, compared one by one. What was removed is passed over until the next build.
 */
import type { ChunkTags, RetrievalRows } from '@tandem/db'
import { readVectors } from './build-index.ts'
import { createBest, searchExactly, type Matrix, type Neighbour } from './exact.ts'
import type { LoadedIndex } from './index-file.ts'

export interface VectorIndex {
  /** Which build of the FAISS index it stands on. */
  readonly build: string | undefined
  readonly generation: number
  /** How far a new build would help. */
  readonly stats: { indexed: number; beside: number; removed: number }
  /** In memory. */
  readonly bytes: number
  /** @param within only these chunks; compared one by one where they are few */
  search(query: Float32Array, k: number, within?: ReadonlySet<number>): Promise<Neighbour[]>
  dispose(): void
}

export interface VectorIndexParts {
  rows: RetrievalRows
  generation: number
  /** All that is to be found. */
  wanted: ChunkTags
  loaded: LoadedIndex | undefined
  /** The one before: what it has read is not read again. */
  previous: Matrix | undefined
}

/** Few enough to be read and compared for one search. */
const fewWithin = 2000

export async function createVectorIndex(
  parts: VectorIndexParts,
): Promise<VectorIndex & { matrix: Matrix }> {
  const { rows, wanted, loaded } = parts
  const live = new Map(Array.from(wanted.rowIds, (rowId, at) => [rowId, wanted.tags[at] ?? 0]))
  const indexed = liveLabels(loaded, live)
  const missing = [...live.keys()].filter((rowId) => !indexed.rowIds.has(rowId))
  const matrix = await readMatrix(rows, missing, parts.previous)
  const removed = (loaded?.rowIds.length ?? 0) - indexed.rowIds.size
  const dimensions = matrix.dimensions
  return {
    matrix,
    build: loaded?.build,
    generation: parts.generation,
    stats: { indexed: indexed.rowIds.size, beside: matrix.rowIds.length, removed },
    bytes: matrix.values.byteLength + (loaded?.rowIds.length ?? 0) * (dimensions || 384) * 5,
    async search(query, k, within) {
      if (within && within.size <= fewWithin) {
        const few = await readMatrix(
          rows,
          [...within].filter((rowId) => live.has(rowId)),
          matrix,
        )
        return few.dimensions === query.length
          ? searchExactly(few, query, { k, isLive: () => true })
          : []
      }
      const isWanted = (rowId: number): boolean => !within || within.has(rowId)
      const best = createBest(k)
      if (matrix.dimensions === query.length) {
        const beside = searchExactly(matrix, query, { k, isLive: isWanted })
        for (const each of beside) best.add(each)
      }
      if (loaded && loaded.index.getDimension() === query.length) {
        const isLive = (label: number): boolean =>
          indexed.labels[label] === 1 && isWanted(loaded.rowIds[label] ?? 0)
        for (const each of searchIndex(loaded, query, { k, isLive })) best.add(each)
      }
      return best.take()
    },
    dispose: () => loaded?.index.dispose(),
  }
}

/** The labels whose chunks are still there and still the same. */
function liveLabels(
  loaded: LoadedIndex | undefined,
  live: ReadonlyMap<number, number>,
): { rowIds: Set<number>; labels: Uint8Array } {
  const rowIds = new Set<number>()
  const labels = new Uint8Array(loaded?.rowIds.length ?? 0)
  for (const [label, rowId] of loaded?.rowIds.entries() ?? []) {
    if (live.get(rowId) !== loaded?.tags[label]) continue
    labels[label] = 1
    rowIds.add(rowId)
  }
  return { rowIds, labels }
}

/** Asks for more where too many of the nearest are not wanted. */
function searchIndex(
  { index, rowIds }: LoadedIndex,
  query: Float32Array,
  { k, isLive }: { k: number; isLive: (label: number) => boolean },
): Neighbour[] {
  const total = index.ntotal()
  for (let asked = Math.min(k, total); ; asked = Math.min(asked * 4, total)) {
    const found = nearest(index, query, asked).filter(({ label }) => isLive(label))
    if (found.length >= k || asked === total || asked > 20_000) {
      return found.slice(0, k).map(({ label, score }) => ({ rowId: rowIds[label] ?? 0, score }))
    }
  }
}

function nearest(
  index: LoadedIndex['index'],
  query: Float32Array,
  k: number,
): { label: number; score: number }[] {
  if (k === 0) return []
  const { labels, distances } = index.search(query, k)
  // The squared distance of two vectors of length 1 is 2 - 2 cos.
  return labels
    .map((label, at) => ({ label, score: 1 - (distances[at] ?? 2) / 2 }))
    .filter(({ label }) => label >= 0)
}

const pageSize = 2000

async function readMatrix(
  rows: RetrievalRows,
  rowIds: number[],
  known: Matrix | undefined,
): Promise<Matrix> {
  const at = new Map(Array.from(known?.rowIds ?? [], (rowId, row) => [rowId, row]))
  const unread = rowIds.filter((rowId) => !at.has(rowId))
  const pages = []
  for (let from = 0; from < unread.length; from += pageSize) {
    pages.push(await readVectors(rows, unread.slice(from, from + pageSize)))
  }
  const kept = rowIds.filter((rowId) => at.has(rowId))
  const dimensions = pages.find((page) => page.dimensions > 0)?.dimensions ?? known?.dimensions ?? 0
  const same = pages.filter((page) => page.dimensions === dimensions)
  const keeps = known?.dimensions === dimensions ? kept : []
  const all = [...keeps, ...same.flatMap((page) => page.rowIds)]
  const values = new Float32Array(all.length * dimensions)
  for (const [row, rowId] of keeps.entries()) {
    const from = (at.get(rowId) ?? 0) * dimensions
    if (known) values.set(known.values.subarray(from, from + dimensions), row * dimensions)
  }
  let next = keeps.length * dimensions
  for (const page of same) {
    values.set(page.values, next)
    next += page.values.length
  }
  return { rowIds: Float64Array.from(all), values, dimensions }
}
