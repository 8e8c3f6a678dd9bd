/**
 * A process that indexes documents and kills itself at one call of the indexing thread: before it, or after the thread has
 * answered. Its arguments: the data folder, the number of the call, `before` or `after`.
 */
import { join } from 'node:path'
import { openToolsDb } from '@tandem/db'
import { createIndexer } from '../../src/collections/indexer.ts'
import type { IndexCalls } from '../../src/collections/threads/index-calls.ts'
import type { ThreadData } from '../../src/collections/threads/thread-data.ts'
import type { Embeddings } from '../../src/embeddings/embeddings.ts'
import { toUnit } from '../../src/embeddings/unit.ts'
import { createCallThread } from '../../src/threads/call-thread.ts'
import type { Caller } from '../../src/threads/caller.ts'
import { hashedVector } from './hashed-vector.ts'
import { noFiles } from './no-files.ts'

const [dataDir = '', number = '', when = ''] = process.argv.slice(2)
const dieAt = Number(number)

const db = await openToolsDb({ path: join(dataDir, 'tools.db') })
const threads: ThreadData = {
  dbPath: join(dataDir, 'tools.db'),
  indexesDir: join(dataDir, 'indexes'),
  indexType: 'Flat',
  useFaiss: true,
  efSearch: 64,
  memoryMb: 64,
}
const thread = createCallThread<IndexCalls>({
  url: new URL('../../src/collections/threads/index-worker.ts', import.meta.url),
  workerData: threads,
})

let calls = 0
async function dieOrCall(name: keyof IndexCalls, ...args: never[]): Promise<unknown> {
  calls += 1
  const isLast = calls === dieAt
  if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL')
  const answer = (thread.call as (...call: unknown[]) => Promise<unknown>)(name, ...args)
  // At some moment while the thread works.
  if (isLast && when === 'during')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 4)
  const value = await answer
  if (isLast) process.kill(process.pid, 'SIGKILL')
  return value
}
const dying = { call: dieOrCall, close: () => thread.close() } as unknown as Caller<IndexCalls>

const embeddings: Embeddings = {
  state: () => ({ state: 'ready', model: 'hashed' }),
  ready: () => ({
    name: 'hashed',
    embed: async (texts) => ({
      vectors: texts.map((text) => toUnit(Float32Array.from(hashedVector(text)))),
      tokens: 0,
    }),
  }),
  local: async () => undefined,
  hasLocal: () => false,
  settled: async () => undefined,
  close: async () => undefined,
}

const indexer = createIndexer({
  thread: dying,
  embeddings,
  readFileText: noFiles,
  onLearned: () => undefined,
  onError: () => process.exit(3),
  retryMs: 1,
})
indexer.wake()
await indexer.idle()
await indexer.close()
await thread.close()
await db.close()
process.stdout.write(`done after ${calls} calls\n`)
