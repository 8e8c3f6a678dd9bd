/** nDCG@10 on Cranfield by the real pipeline, for each way to search. */
import { join } from 'node:path'
import pino from 'pino'
import { openToolsDb } from '@tandem/db'
import type { Collections } from '../../src/collections/collections.ts'
import { createKnowledge, plainSettings } from '../../src/collections/knowledge.ts'
import type { SearchMode } from '../../src/collections/threads/search-calls.ts'
import { cranfieldDir, mean, ndcg, readCranfield, type Cranfield } from './cranfield.ts'
import { noFiles } from './no-files.ts'

type Print = (figures: Record<string, unknown>) => void

export async function measureQuality(dataDir: string, print: Print): Promise<void> {
  const folder = cranfieldDir()
  if (folder === undefined) {
    print({ skipped: 'quality', why: 'CRANFIELD_DIR names no folder with cran.all.1400' })
    return
  }
  const cranfield = await readCranfield(folder)
  for (const model of ['none', 'local/all-MiniLM-L6-v2']) {
    await measureModel(
      { dataDir: join(dataDir, model === 'none' ? 'words' : 'model'), model, cranfield },
      print,
    )
  }
}

interface Measured {
  dataDir: string
  model: string
  cranfield: Cranfield
}

async function measureModel({ dataDir, model, cranfield }: Measured, print: Print): Promise<void> {
  const db = await openToolsDb({ path: join(dataDir, 'tools.db') })
  const modelsDir = process.env['MODELS_DIR'] ?? join(dataDir, 'models')
  const settings = { ...plainSettings(dataDir), ragEmbeddingModel: model, modelsDir }
  const logger = pino({ level: 'error' })
  const knowledge = createKnowledge({ settings, dataDir, db, logger, readFileText: noFiles })
  try {
    await knowledge.embeddings.settled()
    const hasModel = knowledge.embeddings.ready() !== undefined
    if (model !== 'none' && !hasModel) {
      print({ skipped: model, why: 'MODELS_DIR has no weights' })
      return
    }
    const started = performance.now()
    const id = await fill(knowledge.collections, cranfield)
    const seconds = (performance.now() - started) / 1000
    print({ model, documents: cranfield.documents.length, indexedInSeconds: Math.round(seconds) })
    const modes: SearchMode[] = hasModel ? ['lexical', 'vector', 'hybrid'] : ['hybrid']
    for (const mode of modes) {
      print({ model, mode, ...(await score(knowledge.collections, { id, mode, cranfield })) })
    }
  } finally {
    await knowledge.close()
    await db.close()
  }
}

export async function fill(collections: Collections, { documents }: Cranfield): Promise<string> {
  const known = await collections.find('bench', 'cranfield')
  const id = known?.id ?? (await collections.create('bench', { name: 'cranfield' })).id
  for (const { id: number, title, text } of documents) {
    const document = { title: title.replaceAll(/\s+/g, ' '), blocks: [{ text }] }
    await collections.addDocument('bench', id, {
      ...document,
      attributes: { number },
      fileId: `file-${number}`,
    })
  }
  await collections.idle()
  // The first search sees whether an index is missing.
  const { signal } = new AbortController()
  await collections.search('bench', { collections: [id], query: 'flow' }, { signal })
  await collections.idle()
  return id
}

export async function score(
  collections: Collections,
  { id, mode, cranfield }: { id: string; mode: SearchMode; cranfield: Cranfield },
): Promise<{ ndcg10: number; p50Ms: number }> {
  const { signal } = new AbortController()
  const scores: number[] = []
  const times: number[] = []
  for (const query of cranfield.queries) {
    const relevant = cranfield.relevant.get(query.id)
    if (!relevant) continue
    const started = performance.now()
    const text = query.text.replaceAll(/\s+/g, ' ')
    const { hits } = await collections.search(
      'bench',
      { collections: [id], query: text, k: 20, mode },
      { signal },
    )
    times.push(performance.now() - started)
    const found = new Set(hits.map(({ attributes }) => Number(attributes['number'])))
    scores.push(ndcg([...found], relevant))
  }
  const p50 = times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0
  return { ndcg10: round(mean(scores), 4), p50Ms: round(p50, 1) }
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
