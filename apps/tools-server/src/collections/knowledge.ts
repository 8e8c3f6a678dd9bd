/** Embeddings and collections as the settings want them. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { ToolsDb } from '@tandem/db'
import {
  createEmbeddings,
  type Embeddings,
  type EmbeddingSettings,
} from '../embeddings/embeddings.ts'
import type { EmbeddingState } from '../embeddings/types.ts'
import { createCollections, type Collections } from './collections.ts'
import type { ReadFileText } from './indexing/parse-files.ts'
import { createReranker, type Reranker } from './rerank.ts'
import type { IndexType } from './vectors/index-file.ts'

export interface KnowledgeSettings extends EmbeddingSettings {
  ragChunkSize: number
  ragChunkOverlap: number
  ragIndexType: 'hnsw' | 'flat' | 'sq8'
  ragIndexMemoryMb: number
  ragQuotaMb: number
  ragRerankerUrl?: string | undefined
  ragRerankerModel?: string | undefined
  ragRerankerApiKey?: string | undefined
}

export interface Knowledge {
  embeddings: Embeddings
  collections: Collections
  close(): Promise<void>
}

export interface KnowledgeOptions {
  settings: KnowledgeSettings
  dataDir: string
  db: ToolsDb
  logger: Logger
  readFileText: ReadFileText
  /** False searches without FAISS, as where it is not installed. */
  useFaiss?: boolean
}

const indexTypes: Record<KnowledgeSettings['ragIndexType'], IndexType> = {
  hnsw: 'HNSW',
  flat: 'Flat',
  sq8: 'SQ8',
}

/** With M 32: recall@10 of 0.99 at 100,000 chunks, in a millisecond. */
const efSearch = 128
/** Of one owner: many small ones cost more than their bytes. */
const mostDocuments = 100_000

export function createKnowledge(options: KnowledgeOptions): Knowledge {
  const { settings, dataDir, db, logger, readFileText, useFaiss = true } = options
  const embeddings = createEmbeddings({ settings, report: reportTo(logger) })
  const collections = createCollections({
    db,
    embeddings,
    readFileText,
    quota: { bytes: settings.ragQuotaMb * 2 ** 20, documents: mostDocuments },
    chunkSize: settings.ragChunkSize,
    chunkOverlap: settings.ragChunkOverlap,
    reranker: toReranker(settings),
    onError: (err) => logger.warn({ err }, 'knowledge'),
    threads: {
      dbPath: join(dataDir, 'tools.db'),
      indexesDir: join(dataDir, 'indexes'),
      indexType: indexTypes[settings.ragIndexType],
      useFaiss,
      efSearch,
      memoryMb: settings.ragIndexMemoryMb,
    },
  })
  return {
    embeddings,
    collections,
    async close() {
      await collections.close()
      await embeddings.close()
    },
  }
}

/** What a server takes that was given no settings: words alone, nothing downloaded. */
export function plainSettings(dataDir: string): KnowledgeSettings {
  return {
    ragEmbeddingModel: 'none',
    ragModelHub: 'off',
    modelsDir: join(dataDir, 'models'),
    ragChunkSize: 220,
    ragChunkOverlap: 30,
    ragIndexType: 'hnsw',
    ragIndexMemoryMb: 256,
    ragQuotaMb: 1024,
  }
}

function toReranker(settings: KnowledgeSettings): Reranker | undefined {
  const { ragRerankerUrl, ragRerankerModel, ragRerankerApiKey } = settings
  if (ragRerankerUrl === undefined) return undefined
  return createReranker({ url: ragRerankerUrl, model: ragRerankerModel, apiKey: ragRerankerApiKey })
}

/** A bar in the log, a line every tenth. */
function reportTo(logger: Logger): (state: EmbeddingState) => void {
  let told = -1
  return (state) => {
    if (state.state !== 'loading') {
      const level = state.state === 'unavailable' ? 'warn' : 'info'
      logger[level]({ embedding: state }, `embedding model ${state.state}`)
      return
    }
    const tenth = Math.floor(state.progress * 10)
    if (tenth === told) return
    told = tenth
    logger.info({ model: state.model }, `downloading weights ${bar(tenth)} ${tenth * 10} %`)
  }
}

function bar(tenth: number): string {
  return `[${'#'.repeat(tenth)}${'.'.repeat(10 - tenth)}]`
}
