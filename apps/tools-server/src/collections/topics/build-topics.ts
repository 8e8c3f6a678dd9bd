/** Learns the topics of a collection, in the thread that indexes. */
import type { ChunkTags, RetrievalRows } from '@tandem/db'
import { createProjection, fitTopics, type Counts } from './fit-topics.ts'
import { createStemmer, readSections, type Section, type Stemmer } from './sections.ts'
import { saveTopics, type TopicSection } from './topic-file.ts'

/** Fewer texts have no topics; more would take long and are too mixed to be told apart in so few dimensions. */
export const fewestChunks = 100
export const mostChunks = 20_000

export interface TopicBuild {
  path: string
  collection: string
  rows: RetrievalRows
  stemmer?: Stemmer
}

/** @returns how many sections there are */
export async function buildTopics(
  { path, collection, rows, stemmer = createStemmer() }: TopicBuild,
  wanted: ChunkTags,
): Promise<number> {
  if (wanted.rowIds.length < fewestChunks || wanted.rowIds.length > mostChunks) return 0
  const sections: (Section & { counts: Counts })[] = []
  for await (const section of readSections(rows, [...wanted.rowIds], stemmer))
    sections.push(section)
  const model = await fitTopics(sections.map(({ counts }) => counts))
  if (!model) return 0
  const projection = createProjection(model)
  const tagOf = new Map(Array.from(wanted.rowIds, (rowId, at) => [rowId, wanted.tags[at] ?? 0]))
  const placed = sections.map((section) =>
    place(section, { vector: projection.of(section.counts), tagOf, model }),
  )
  await saveTopics(path, collection, { model, sections: placed })
  return placed.length
}

interface Placing {
  vector: Float32Array | undefined
  tagOf: ReadonlyMap<number, number>
  model: { dimensions: number }
}

/** A section without a known word is near to nothing. */
export function place(
  { documentRow, rowIds }: Section,
  { vector, tagOf, model }: Placing,
): TopicSection {
  return {
    documentRow,
    rowIds,
    tags: rowIds.map((rowId) => tagOf.get(rowId) ?? 0),
    vector: vector ?? new Float32Array(model.dimensions),
  }
}
