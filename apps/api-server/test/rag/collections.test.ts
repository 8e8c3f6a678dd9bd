import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createRemovalDrain, type RemovalDrain } from '../../src/removals/drain-removals.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { askAs, type Ask, type Json } from './ask-as.ts'
import { handbook, manual } from './texts.ts'

let tools: ToolsProcess
let gateway: Gateway
let ask: Ask

beforeAll(async () => {
  tools = await spawnTools()
  gateway = await tools.gateway()
  ask = askAs(gateway, await keyOf(gateway, 'ann'))
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await tools.close()
})

const base = '/api/rag/collections'

function form(name: string, text: string, fields: Record<string, string> = {}): FormData {
  const made = new FormData()
  for (const [field, value] of Object.entries(fields)) made.append(field, value)
  made.append('file', new Blob([text]), name)
  return made
}

/** Until a document is not being indexed any more. */
async function settled(collection: string, id: string, by = ask): Promise<Json> {
  for (;;) {
    const { body } = await by('GET', `${base}/${collection}/documents/${id}`)
    if (body.status !== 'in_progress') return body
    await sleep(20)
  }
}

describe('the simple doors', () => {
  it('make a collection, take text, files and forms, and find what is in them', async () => {
    const created = await ask('POST', base, { name: 'house rules', metadata: { a: 'b' } })
    expect(created).toMatchObject({
      status: 201,
      body: {
        id: expect.stringMatching(/^vs_/),
        name: 'house rules',
        metadata: { a: 'b' },
        status: 'completed',
        documents: { total: 0 },
      },
    })
    const path = `${base}/house%20rules`
    const text = await ask('POST', `${path}/documents`, {
      text: 'The cellar is locked at ten.',
      title: 'Cellar',
      attributes: { floor: -1 },
    })
    expect(text).toMatchObject({
      status: 202,
      body: {
        id: expect.stringMatching(/^doc_/),
        title: 'Cellar',
        file_id: null,
        status: 'in_progress',
        progress: expect.any(Number),
        attributes: { floor: -1 },
      },
    })
    const uploaded = await ask(
      'POST',
      `${path}/documents`,
      form('handbook.md', handbook, { title: 'The handbook', attributes: '{"year":2026}' }),
    )
    expect(uploaded).toMatchObject({
      status: 202,
      body: { title: 'The handbook', file_id: expect.stringMatching(/^file-/) },
    })
    const upload = new FormData()
    upload.append('purpose', 'user_data')
    upload.append('file', new Blob([manual]), 'coffee.md')
    const { body: file } = await ask('POST', '/v1/files', upload)
    const byId = await ask('POST', `${path}/documents`, { file_id: file.id })
    expect(byId).toMatchObject({ status: 202, body: { title: 'coffee.md', file_id: file.id } })

    for (const { body } of [text, uploaded, byId]) {
      expect(await settled('house%20rules', body.id)).toMatchObject({
        status: 'completed',
        error: null,
        progress: 1,
        chunks: expect.any(Number),
      })
    }
    expect((await ask('GET', path)).body).toMatchObject({
      status: 'completed',
      documents: { completed: 3, total: 3 },
    })
    const found = await ask('POST', `${path}/search`, { query: 'How many vacation days?', k: 2 })
    expect(found.body).toMatchObject({ mode: 'lexical', notice: expect.stringMatching(/words/) })
    expect(found.body.results[0]).toMatchObject({
      n: 1,
      title: 'The handbook',
      heading: expect.stringContaining('Leave'),
      text: expect.stringContaining('27 days'),
      file_id: uploaded.body.file_id,
      document_id: uploaded.body.id,
      attributes: { year: 2026 },
    })
    const filtered = await ask('POST', `${path}/search`, {
      query: 'locked vacation',
      filters: { type: 'eq', key: 'floor', value: -1 },
    })
    expect(filtered.body.results.map(({ title }: Json) => title)).toEqual(['Cellar'])
    const listed = await ask('GET', `${path}/documents?order=asc`)
    expect(listed.body.documents.map(({ title }: Json) => title)).toEqual([
      'Cellar',
      'The handbook',
      'coffee.md',
    ])
    // The same again is what is there already.
    const again = await ask('POST', `${path}/documents`, {
      text: 'The cellar is locked at ten.',
      title: 'Cellar',
    })
    expect(again).toMatchObject({ status: 200, body: { id: text.body.id, status: 'completed' } })
    const fields = { title: 'The handbook', attributes: '{"year":2027}' }
    const copy = await ask('POST', `${path}/documents`, form('handbook.md', handbook, fields))
    expect(copy).toMatchObject({
      status: 200,
      body: { id: uploaded.body.id, file_id: uploaded.body.file_id, attributes: { year: 2027 } },
    })
    const { body: files } = await ask('GET', '/v1/files?purpose=collection_document')
    expect(files.data.map(({ id }: Json) => id)).toEqual([uploaded.body.file_id])
    // By its id as well: the vector stores' clients know no names.
    expect((await ask('GET', `${base}/${created.body.id}`)).body.name).toBe('house rules')
  }, 60_000)

  it('say what became of a file that cannot be read', async () => {
    await ask('POST', base, { name: 'broken' })
    const { body } = await ask('POST', `${base}/broken/documents`, form('a.pdf', '%PDF-1.7 no'))
    expect(await settled('broken', body.id)).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_file', message: expect.stringMatching(/\S/) },
    })
    expect((await ask('GET', `${base}/broken`)).body.documents).toMatchObject({ failed: 1 })
  }, 120_000)

  it('delete a document with its file, and a collection with all that is in it', async () => {
    await ask('POST', base, { name: 'short' })
    const one = await ask('POST', `${base}/short/documents`, form('one.txt', 'A quokka.'))
    const two = await ask('POST', `${base}/short/documents`, form('two.txt', 'A numbat.'))
    await settled('short', one.body.id)
    await settled('short', two.body.id)
    expect((await ask('GET', `/v1/files/${one.body.file_id}`)).status).toBe(200)
    const removed = await ask('DELETE', `${base}/short/documents/${one.body.id}`)
    expect(removed).toMatchObject({ status: 200, body: { id: one.body.id, deleted: true } })
    expect((await ask('GET', `/v1/files/${one.body.file_id}`)).status).toBe(404)
    expect((await ask('GET', `/v1/files/${two.body.file_id}`)).status).toBe(200)
    const { body } = await ask('POST', `${base}/short/search`, { query: 'quokka' })
    expect(body.results).toEqual([])
    expect((await ask('DELETE', `${base}/short`)).body).toMatchObject({
      name: 'short',
      deleted: true,
    })
    expect((await ask('GET', `/v1/files/${two.body.file_id}`)).status).toBe(404)
    expect((await ask('GET', `${base}/short`)).status).toBe(404)
  }, 120_000)

  it('leave nothing of an upload that is refused', async () => {
    await ask('POST', base, { name: 'refused' })
    const files = async (): Promise<number> => (await ask('GET', '/v1/files')).body.data.length
    const before = await files()
    const refusals: Record<string, string>[] = [
      { attributes: 'not JSON' },
      { attributes: '[1]' },
      { title: ' ' },
    ]
    for (const fields of refusals) {
      const refused = await ask('POST', `${base}/refused/documents`, form('a.txt', 'a', fields))
      expect(refused.status).toBe(400)
    }
    expect((await ask('POST', `${base}/nowhere/documents`, form('a.txt', 'a'))).status).toBe(404)
    expect(await files()).toBe(before)
  })

  const bad: [string, string, object | undefined, number, string | null][] = [
    ['POST', '', {}, 400, 'name'],
    ['POST', '', { name: '..' }, 400, 'name'],
    ['POST', '', { name: 'x'.repeat(257) }, 400, 'name'],
    ['POST', '', { name: 'refused' }, 409, 'name'],
    ['POST', '/refused/documents', {}, 400, 'text'],
    ['POST', '/refused/documents', { text: '' }, 400, 'text'],
    ['POST', '/refused/documents', { file_id: 'file-nobody' }, 404, 'file_id'],
    ['POST', '/refused/search', {}, 400, 'query'],
    ['POST', '/refused/search', { query: 'a', k: 0 }, 400, 'k'],
    ['POST', '/nowhere/search', { query: 'a' }, 404, 'name'],
    ['GET', '/nowhere', undefined, 404, 'name'],
    ['GET', '/vs_nowhere', undefined, 404, null],
    ['GET', '/refused/documents/nothing', undefined, 404, null],
    ['DELETE', '/refused/documents/nothing', undefined, 404, null],
    ['DELETE', '/nowhere', undefined, 404, 'name'],
  ]
  it.each(bad)('refuse %s %s %j', async (...[method, path, body, status, param]) => {
    const answer = await ask(method, `${base}${path}`, body)
    expect(answer.status).toBe(status)
    const error = expectErrorBody(JSON.stringify(answer.body))
    if (param !== null) expect(error.param).toBe(param)
  })
})

it('a file of a collection cannot be claimed by an ordinary upload', async () => {
  const upload = new FormData()
  upload.append('purpose', 'collection_document')
  upload.append('file', new Blob(['a']), 'a.txt')
  expect((await ask('POST', '/v1/files', upload)).body.error).toMatchObject({ param: 'purpose' })
})

describe('when something goes, it goes everywhere', () => {
  it('a user with all collections, documents, files and indexes', async () => {
    const admin = async (method: string, path: string): Promise<Response> =>
      fetch(`${gateway.url}${path}`, { method, headers: gateway.headers })
    const leaver = askAs(gateway, await keyOf(gateway, 'leaver'))
    await leaver('POST', base, { name: 'mine' })
    const { body } = await leaver('POST', `${base}/mine/documents`, form('a.txt', 'A wombat.'))
    await settled('mine', body.id, leaver)
    await leaver('POST', `${base}/mine/search`, { query: 'wombat' })
    const { users } = (await (await admin('GET', '/api/users')).json()) as Json
    const { id } = users.find(({ username }: Json) => username === 'leaver')
    const before = counts(id)
    expect(before).toMatchObject({ collections: 1, files: 1 })
    expect((await admin('DELETE', `/api/users/${id}`)).status).toBe(200)
    // The gateway's own drain knows the tools server by another secret here.
    await gateway.deps.removalDrain.close()
    const { removals } = gateway.deps.db
    const { toolsServer, logger } = gateway.deps
    const drain = createRemovalDrain({ removals, toolsServer, logger, everyMs: 60_000 })
    await waitForDue(drain, id)
    await drain.close()
    expect(counts(id)).toEqual({ collections: 0, files: 0, texts: before.texts - 1 })
    const left = readdirSync(join(tools.folder, 'data', 'indexes'))
    expect(left).toHaveLength(indexedCollections())
  }, 120_000)
})

/** What was tried in vain before is due a moment later. */
async function waitForDue({ drain }: RemovalDrain, owner: string): Promise<void> {
  const deadline = Date.now() + 30_000
  while (counts(owner).files > 0 && Date.now() < deadline) {
    await drain()
    await sleep(50)
  }
}

function counts(owner: string): { collections: number; files: number; texts: number } {
  return inDatabase((count) => ({
    collections: count('select count(*) n from collections where owner = ?', owner),
    files: count('select count(*) n from files where owner = ?', owner),
    texts: count('select count(*) n from chunks'),
  }))
}

function indexedCollections(): number {
  return inDatabase((count) => count('select count(distinct collection_row) n from chunks'))
}

function inDatabase<Result>(
  read: (count: (sql: string, ...values: string[]) => number) => Result,
): Result {
  const path = join(tools.folder, 'data', 'tools.db')
  const file = new DatabaseSync(path, { readOnly: true })
  try {
    return read((sql, ...values) => Number(file.prepare(sql).get(...values)?.['n']))
  } finally {
    file.close()
  }
}

it('says in /health how documents are found', async () => {
  const { body } = await ask('GET', '/health')
  expect(body.tools_server.knowledge).toEqual({
    retrieval: 'lexical',
    embedding: expect.stringMatching(/off|unavailable/),
    model: expect.anything(),
    index: expect.stringMatching(/faiss|exact/),
  })
})
