/** Kills the real tools server while it reads, cuts and embeds files, and looks at what comes of it. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from '@jest/globals'
import OpenAI, { toFile } from 'openai'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import { longText } from './texts.ts'

export interface KillOptions {
  files: number
  /** Of each file. */
  sections: number
  /** Milliseconds after which it is killed, one after the other. */
  moments: readonly number[]
}

/**
 * At each look afterwards a file is found whole or not at all, and says so; in the end all of them are whole, though nobody
 * asked again, and are found also where all index files were overwritten.
 */
export async function killToolsServer({ files, sections, moments }: KillOptions): Promise<void> {
  const tools = await spawnTools()
  const gateway = await tools.gateway()
  try {
    const apiKey = await keyOf(gateway, 'ann')
    // A server that starts on a busy machine may be slow to answer for the first time.
    const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 8 })
    const store = await client.vectorStores.create({ name: 'books' })
    const ids: string[] = []
    for (let at = 0; at < files; at += 1) {
      const file = await toFile(Buffer.from(`# Book${at}\n\n${longText(sections)}`), `${at}.md`)
      ids.push((await client.files.create({ file, purpose: 'assistants' })).id)
    }
    const batch = await client.vectorStores.fileBatches.create(store.id, { file_ids: ids })
    for (const moment of moments) {
      await sleep(moment)
      await tools.server().stop('SIGKILL')
      checkWhole(tools)
      await tools.restart()
      await checkHonest(client, store.id, sections)
    }
    const done = await client.vectorStores.fileBatches.poll(store.id, batch.id, {
      pollIntervalMs: 100,
    })
    expect(done).toMatchObject({ status: 'completed', file_counts: { completed: files } })
    await checkHonest(client, store.id, sections)
    checkWhole(tools)
    const all = new Set(ids)
    const findAll = async (): Promise<Set<string>> => {
      const query = `topic${sections - 1}`
      const found = await client.vectorStores.search(store.id, { query, max_num_results: 50 })
      return new Set(found.data.map(({ file_id }) => file_id))
    }
    expect(await findAll()).toEqual(all)
    await tools.server().stop('SIGKILL')
    damageIndexes(tools)
    await tools.restart()
    expect(await findAll()).toEqual(all)
  } finally {
    await gateway.close()
    await tools.close()
  }
}

/** What is `completed` has all of its text; what a search finds is completed. */
async function checkHonest(client: OpenAI, store: string, sections: number): Promise<void> {
  const { data } = await client.vectorStores.search(store, {
    query: `topic0 topic${sections - 1}`,
    max_num_results: 50,
  })
  const states = await client.vectorStores.files.list(store, { limit: 100 })
  const done = new Set(
    states.data.filter(({ status }) => status === 'completed').map(({ id }) => id),
  )
  // One may have been published between the two questions, never the other way around.
  for (const { file_id } of data) expect(done).toContain(file_id)
  expect(states.data.every(({ status }) => status !== 'failed')).toBe(true)
}

/** The indexes beside the database are only made from it: broken ones are made anew. */
function damageIndexes({ folder }: ToolsProcess): void {
  const indexes = join(folder, 'data', 'indexes')
  const names = readdirSync(indexes, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(0)
  for (const { parentPath, name } of files)
    writeFileSync(join(parentPath, name), 'no index at all'.repeat(1000))
}

function checkWhole(tools: ToolsProcess): void {
  const file = new DatabaseSync(join(tools.folder, 'data', 'tools.db'), { readOnly: true })
  const count = (sql: string): number => Number(file.prepare(sql).get()?.['n'])
  try {
    expect(
      count(
        'select count(*) n from chunk_vectors where chunk_row not in (select row_id from chunks)',
      ),
    ).toBe(0)
    // Chunks of a document that is not completed, or not all of those that its cut made.
    expect(
      count(`select count(*) n from documents d where
        (d.status = 'completed') <> exists (select 1 from chunks c where c.document_row = d.row_id)
        or (d.status = 'completed' and d.chunks_total <>
          (select count(*) from chunks c where c.document_row = d.row_id))`),
    ).toBe(0)
    expect(file.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
  } finally {
    file.close()
  }
}
