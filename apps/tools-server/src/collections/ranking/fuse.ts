/**
 * Reciprocal rank fusion (Cormack, Clarke, Büttcher, 2009): what several rankings have near their tops comes first; their
 * scores need not be comparable. Each ranking of chunks counts twice, by halves: as it is, and as a ranking of the documents
 * by their best chunk, so that two chunks of one document that are found in different ways help each other. Topics know
 * documents only, and count as a ranking of these.
 */

export interface Fused {
  rowId: number
  /** 0 to 1: 1 is first in all rankings. */
  score: number
}

/** How little it matters whether something is first or third. */
const constant = 60

export interface Rankings {
  /** Row ids of chunks, best first. Where two are level, the earlier ranking decides. */
  chunks: readonly (readonly number[])[]
  /** Some chunk of each document, best first. */
  topics?: readonly number[] | undefined
  documentOf: ReadonlyMap<number, number>
}

export function fuse({ chunks, topics = [], documentOf }: Rankings): Fused[] {
  const ofChunks = new Map<number, number>()
  const ofDocuments = new Map<number, number>()
  const toDocument = (rowId: number): number => documentOf.get(rowId) ?? -rowId
  for (const rowIds of chunks) {
    count(ofChunks, rowIds)
    count(ofDocuments, new Set(rowIds.map(toDocument)))
  }
  const known = new Set([...ofChunks.keys()].map(toDocument))
  for (const rowId of topics) if (!known.has(toDocument(rowId))) ofChunks.set(rowId, 0)
  count(ofDocuments, new Set(topics.map(toDocument)), 2)
  const most = (2 * (chunks.length + (topics.length > 0 ? 1 : 0))) / (constant + 1)
  return Array.from(ofChunks, ([rowId, sum]) => {
    return { rowId, score: (sum + (ofDocuments.get(toDocument(rowId)) ?? 0)) / most }
  }).toSorted((a, b) => b.score - a.score)
}

function count(sums: Map<number, number>, ranked: Iterable<number>, weight = 1): void {
  let rank = 1
  for (const id of ranked) {
    sums.set(id, (sums.get(id) ?? 0) + weight / (constant + rank))
    rank += 1
  }
}
