/** Kills processes that index, and looks at what they leave. */
import { expect } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { openKnowledgeDb, openToolsDb } from '@tandem/db'
import { startEmbeddingServer } from './embedding-server.ts'
import { startKnowledge, tempDataDir } from './start-knowledge.ts'

const child = fileURLToPath(new URL('./index-child.ts', import.meta.url))

/** Runs until it dies, or to the end. */
async function indexUntil(dataDir: string, call: number, when: string): Promise<'killed' | 'done'> {
  const running = spawn(process.execPath, [child, dataDir, String(call), when], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code, signal] = (await once(running, 'exit')) as [number | null, string | null]
  if (signal === 'SIGKILL') return 'killed'
  expect(code).toBe(0)
  return 'done'
}

/** Two documents to be indexed, and one that was there before, of which there is a new text. */
async function prepare(): Promise<{ dataDir: string; collection: string }> {
  const dataDir = await tempDataDir()
  const server = await startEmbeddingServer()
  const settings = { ragEmbeddingUrl: server.url, ragEmbeddingModel: 'hashed' }
  const first = await startKnowledge({ dataDir, settings })
  const { id } = await first.collections.create('ann', { name: 'zoo' })
  await first.index('ann', id, { title: 'Old', fileId: 'file-1', blocks: parts('old', 3) })
  await first.stop()
  const tools = await openToolsDb({ path: join(dataDir, 'tools.db') })
  const size = { chunkSize: 220, chunkOverlap: 0 }
  const documents = [
    { title: 'New', fileId: 'file-1', blocks: parts('new', 20), ...size },
    { title: 'Other', blocks: parts('other', 2), ...size },
  ]
  await tools.documents.add('ann', id, { documents, quota: { bytes: 1e6, documents: 10 } })
  await tools.close()
  return { dataDir, collection: id }
}

function parts(word: string, count: number) {
  return Array.from({ length: count }, (_, at) => ({
    text: `${word} part${at}`,
    heading: `Part ${at}`,
  }))
}

/** What must hold at any moment. */
function checkWhole(dataDir: string): void {
  const file = new Database(join(dataDir, 'tools.db'), { readonly: true })
  const count = (sql: string): unknown => file.prepare(sql).pluck().get()
  expect(
    count('SELECT count(*) FROM chunk_vectors WHERE chunk_row NOT IN (SELECT row_id FROM chunks)'),
  ).toBe(0)
  expect(
    count('SELECT count(*) FROM chunks WHERE document_row NOT IN (SELECT row_id FROM documents)'),
  ).toBe(0)
  const texts = file.prepare('SELECT text FROM chunks').pluck().all() as string[]
  const words = (word: string): number => texts.filter((text) => text.startsWith(word)).length
  // All of the old text or all of the new one, and all or nothing of the other.
  expect([
    [3, 0],
    [0, 20],
  ]).toContainEqual([words('old'), words('new')])
  expect([0, 2]).toContain(words('other'))
  expect(count("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'")).toBe(0)
  const open = file
    .prepare("SELECT count(*) FROM documents WHERE status = 'in_progress'")
    .pluck()
    .get()
  if (open === 0) expect([words('new'), words('other')]).toEqual([20, 2])
  file.close()
}

/**
 * Kills a process at a step of its work, starts another that goes on, and kills it a step later, and so on, before, after and
 * in the middle of steps.
 */
export async function killAtSteps(steps: readonly number[]): Promise<void> {
  const { dataDir, collection } = await prepare()
  const moments = ['before', 'during', 'after']
  for (const [run, step] of steps.entries()) {
    await indexUntil(dataDir, step, moments[run % moments.length] ?? '')
    checkWhole(dataDir)
  }
  expect(await indexUntil(dataDir, Infinity, 'never')).toBe('done')
  checkWhole(dataDir)
  const rows = await openKnowledgeDb({ path: join(dataDir, 'tools.db') })
  const documents = (await rows.collections.get('ann', collection))?.documents
  expect(documents).toMatchObject({ completed: 2, in_progress: 0 })
  await rows.close()
  const again = await startKnowledge({ dataDir })
  const { hits } = await again.search('ann', { query: 'new part7', mode: 'lexical' })
  expect(hits[0]?.text).toBe('new part7')
  expect((await again.search('ann', { query: 'old', mode: 'lexical' })).hits).toEqual([])
}
