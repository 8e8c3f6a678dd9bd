/** Real collections on a real database in a temp folder, with their threads. */
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import pino from 'pino'
import { openToolsDb, type ToolsDb } from '@tandem/db'
import { makeTempDir } from '@tandem/testing'
import {
  createKnowledge,
  plainSettings,
  type Knowledge,
  type KnowledgeSettings,
} from '../../src/collections/knowledge.ts'
import type { AddedDocument } from '../../src/collections/added-documents.ts'
import type { Collections } from '../../src/collections/collections.ts'
import type { ReadFileText } from '../../src/collections/indexing/parse-files.ts'
import { noFiles } from './no-files.ts'
import type { SearchAnswer, SearchQuery } from '../../src/collections/search.ts'

export interface TestKnowledge extends Knowledge {
  dataDir: string
  db: ToolsDb
  /** Adds and waits until it is indexed. */
  index(owner: string, collection: string, ...documents: AddedDocument[]): Promise<string[]>
  search(owner: string, query: Partial<SearchQuery> & { query: string }): Promise<SearchAnswer>
  /** Closes all but the folder. */
  stop(): Promise<void>
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

export async function tempDataDir(): Promise<string> {
  const folder = await makeTempDir()
  closers.push(() => folder.remove())
  return folder.path
}

export interface StartOptions {
  dataDir?: string
  settings?: Partial<KnowledgeSettings>
  useFaiss?: boolean
  readFileText?: ReadFileText
}

export async function startKnowledge(options: StartOptions = {}): Promise<TestKnowledge> {
  const dataDir = options.dataDir ?? (await tempDataDir())
  const db = await openToolsDb({ path: join(dataDir, 'tools.db') })
  const knowledge = createKnowledge({
    settings: { ...plainSettings(dataDir), ...options.settings },
    dataDir,
    db,
    logger: pino({ level: 'silent' }),
    useFaiss: options.useFaiss ?? true,
    readFileText: options.readFileText ?? noFiles,
  })
  knowledge.collections.start()
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= knowledge.close().then(() => db.close()))
  closers.push(stop)
  return { ...knowledge, dataDir, db, stop, ...shortcuts(knowledge.collections) }
}

function shortcuts(collections: Collections): Pick<TestKnowledge, 'index' | 'search'> {
  return {
    async index(owner, collection, ...documents) {
      const added = []
      for (const document of documents) {
        added.push((await collections.addDocument(owner, collection, document))?.id ?? '')
      }
      await collections.idle()
      return added
    },
    async search(owner, query) {
      const all = await collections.list(owner, { order: 'asc', limit: 100 })
      const ids = all.collections.map(({ id }) => id)
      return collections.search(
        owner,
        { collections: ids, ...query },
        { signal: new AbortController().signal },
      )
    },
  }
}

export function text(title: string, ...paragraphs: string[]): AddedDocument {
  return { title, blocks: paragraphs.map((paragraph) => ({ text: paragraph })) }
}
