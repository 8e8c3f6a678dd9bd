/** The topics of a collection as a search sees them: what came after they were learned is placed among them. */
import type { ChunkTags, RetrievalRows } from '@tandem/db'
import { createBest } from '../vectors/exact.ts'
import { fewestChunks, mostChunks, place } from './build-topics.ts'
import { createProjection } from './fit-topics.ts'
import { readSections, type Stemmer } from './sections.ts'
import { loadTopics, type Topics, type TopicSection } from './topic-file.ts'

export interface TopicIndex {
  readonly generation: number
  /** There are none, or they were learned from too little of what is there now. */
  readonly worthBuilding: boolean
  /** The first chunk of each section, nearest first. */
  search(query: string, k: number): number[]
}

export interface LoadedTopics extends TopicIndex {
  topics: Topics | undefined
  /** In memory, about. */
  bytes: number
}

export interface TopicIndexParts {
  path: string
  collection: string
  rows: RetrievalRows
  stemmer: Stemmer
  generation: number
  wanted: ChunkTags
  /** Of the generation before. */
  previous: Topics | undefined
}

/** So many new chunks are placed; more need another look at all. */
const mayBeNew = (count: number): number => Math.max(50, count / 10)

export async function createTopicIndex(parts: TopicIndexParts): Promise<LoadedTopics> {
  const { generation, wanted } = parts
  const count = wanted.rowIds.length
  const isOfUse = count >= fewestChunks && count <= mostChunks
  const known = isOfUse
    ? (parts.previous ?? (await loadTopics(parts.path, parts.collection)))
    : undefined
  const topics = known && (await bringUpToDate(parts, known))
  return {
    generation,
    topics,
    bytes: topics ? bytesOf(topics) : 0,
    worthBuilding: isOfUse && !topics,
    search: topics ? searcher(topics, parts.stemmer) : () => [],
  }
}

function bytesOf({ model, sections }: Topics): number {
  return model.basis.byteLength + sections.length * (model.dimensions * 4 + 100)
}

function searcher({ model, sections }: Topics, stemmer: Stemmer): TopicIndex['search'] {
  const projection = createProjection(model)
  return (query, k) => {
    const vector = projection.of(stemmer.of(query))
    if (!vector) return []
    const best = createBest(k)
    for (const { rowIds, vector: other } of sections) {
      const score = product(vector, other)
      if (score > 0) best.add({ rowId: rowIds[0] ?? 0, score })
    }
    return best.take().map(({ rowId }) => rowId)
  }
}

/** Without what is gone, with what is new; undefined where that is too much. */
async function bringUpToDate(parts: TopicIndexParts, known: Topics): Promise<Topics | undefined> {
  const { wanted, rows, stemmer } = parts
  const tagOf = new Map(Array.from(wanted.rowIds, (rowId, at) => [rowId, wanted.tags[at] ?? 0]))
  const sections = known.sections.filter((section) => isLive(section, tagOf))
  const covered = new Set(sections.flatMap(({ rowIds }) => rowIds))
  const missing = [...tagOf.keys()].filter((rowId) => !covered.has(rowId))
  if (missing.length > mayBeNew(tagOf.size)) return undefined
  const projection = createProjection(known.model)
  for await (const section of readSections(rows, missing, stemmer)) {
    const vector = projection.of(section.counts)
    sections.push(place(section, { vector, tagOf, model: known.model }))
  }
  return { model: known.model, sections }
}

function isLive({ rowIds, tags }: TopicSection, tagOf: ReadonlyMap<number, number>): boolean {
  return rowIds.every((rowId, at) => tagOf.get(rowId) === tags[at])
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0)
  return sum
}
