import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import OpenAI, { APIError, toFile } from 'openai'
import { expectErrorBody } from '../support/read-error.ts'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { handbook, longText, manual } from './texts.ts'

let tools: ToolsProcess
let gateway: Gateway
let client: OpenAI
let key = ''

beforeAll(async () => {
  tools = await spawnTools()
  gateway = await tools.gateway()
  key = await keyOf(gateway, 'ann')
  client = new OpenAI({ baseURL: gateway.baseUrl, apiKey: key, maxRetries: 0 })
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await tools.close()
})

const poll = { pollIntervalMs: 50 }
const markdown = (text: string, name: string) => toFile(Buffer.from(text), name)

async function fileOf(text: string, name: string): Promise<string> {
  const file = await client.files.create({
    file: await markdown(text, name),
    purpose: 'assistants',
  })
  return file.id
}

/** Tried again while the text is not there yet. */
async function until<Result>(read: () => PromiseLike<Result>): Promise<Result> {
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof APIError) || error.code !== 'document_not_ready') throw error
      await sleep(50)
    }
  }
}

async function post(path: string, body: unknown): Promise<Response> {
  return gateway.post(path, body, { headers: { authorization: `Bearer ${key}` } })
}

describe("OpenAI's own client", () => {
  it('makes a store, fills, searches and deletes it', async () => {
    const store = await client.vectorStores.create({
      name: 'Handbook',
      description: 'What holds for everybody.',
      metadata: { team: 'people' },
      expires_after: { anchor: 'last_active_at', days: 7 },
    })
    expect(store).toMatchObject({
      id: expect.stringMatching(/^vs_/),
      object: 'vector_store',
      name: 'Handbook',
      description: 'What holds for everybody.',
      status: 'completed',
      usage_bytes: 0,
      file_counts: { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: 0 },
      metadata: { team: 'people' },
      expires_after: { anchor: 'last_active_at', days: 7 },
    })
    expect(store.expires_at).toBe((store.last_active_at ?? 0) + 7 * 86_400)

    const upload = await markdown(handbook, 'handbook.md')
    const file = await client.vectorStores.files.uploadAndPoll(store.id, upload, poll)
    expect(file).toMatchObject({
      id: expect.stringMatching(/^file-/),
      object: 'vector_store.file',
      vector_store_id: store.id,
      status: 'completed',
      last_error: null,
      attributes: {},
      chunking_strategy: { type: 'static' },
    })
    expect(await client.vectorStores.retrieve(store.id)).toMatchObject({
      status: 'completed',
      file_counts: { completed: 1, total: 1 },
    })

    const page = await client.vectorStores.search(store.id, { query: 'how many vacation days?' })
    expect(page.data[0]).toMatchObject({
      file_id: file.id,
      filename: 'handbook.md',
      attributes: {},
      content: [{ type: 'text', text: expect.stringContaining('27 days of paid vacation') }],
      heading: expect.stringContaining('Leave'),
    })
    expect(page.data[0]?.score).toBeGreaterThan(0)

    const content = await client.vectorStores.files.content(file.id, { vector_store_id: store.id })
    expect(content.data.map(({ text }) => text).join('\n')).toContain('second class')

    expect(await client.vectorStores.files.delete(file.id, { vector_store_id: store.id })).toEqual({
      id: file.id,
      object: 'vector_store.file.deleted',
      deleted: true,
    })
    expect((await client.vectorStores.search(store.id, { query: 'vacation' })).data).toEqual([])
    // The file itself is the user's and stays.
    expect((await client.files.retrieve(file.id)).filename).toBe('handbook.md')
    expect(await client.vectorStores.delete(store.id)).toEqual({
      id: store.id,
      object: 'vector_store.deleted',
      deleted: true,
    })
    await expect(client.vectorStores.retrieve(store.id)).rejects.toMatchObject({
      status: 404,
      code: 'vector_store_not_found',
      message: expect.stringMatching(/no vector store 'vs_.*GET \/v1\/vector_stores lists yours/),
    })
  }, 60_000)

  it('adds files together, and tells of each what became of it', async () => {
    const store = await client.vectorStores.create({ name: 'batch' })
    const good = await fileOf(handbook, 'handbook.md')
    const broken = await fileOf('%PDF-1.7 and then nothing of a PDF', 'broken.pdf')
    const batch = await client.vectorStores.fileBatches.createAndPoll(
      store.id,
      { file_ids: [good, broken], attributes: { kind: 'policy' } },
      poll,
    )
    expect(batch).toMatchObject({
      id: expect.stringMatching(/^vsfb_/),
      object: 'vector_store.files_batch',
      vector_store_id: store.id,
      status: 'completed',
      file_counts: { completed: 1, failed: 1, in_progress: 0, total: 2 },
    })
    const listed = await client.vectorStores.fileBatches.listFiles(batch.id, {
      vector_store_id: store.id,
      order: 'asc',
    })
    expect(listed.data.map(({ id, status }) => [id, status])).toEqual([
      [good, 'completed'],
      [broken, 'failed'],
    ])
    expect(listed.data[1]?.last_error).toEqual({
      code: 'invalid_file',
      message: expect.stringMatching(/\S/),
    })
    const failed = await client.vectorStores.files.list(store.id, { filter: 'failed' })
    expect(failed.data.map(({ id }) => id)).toEqual([broken])

    const uploaded = await client.vectorStores.fileBatches.uploadAndPoll(
      store.id,
      { files: [await markdown(manual, 'coffee.md')], fileIds: [good] },
      poll,
    )
    expect(uploaded.file_counts).toMatchObject({ completed: 2, total: 2 })
    expect((await client.vectorStores.retrieve(store.id)).file_counts).toMatchObject({ total: 3 })
  }, 60_000)

  it('filters by attributes, bounds results and scores, and takes several queries', async () => {
    const store = await client.vectorStores.create({ name: 'filters' })
    const files = [
      { file_id: await fileOf(handbook, 'old.md'), attributes: { year: 2020, draft: false } },
      { file_id: await fileOf(`${handbook} `, 'new.md'), attributes: { year: 2026, draft: true } },
      { file_id: await fileOf(manual, 'coffee.md') },
    ]
    await client.vectorStores.fileBatches.createAndPoll(store.id, { files }, poll)
    const search = async (body: Omit<OpenAI.VectorStoreSearchParams, 'query'>) => {
      const found = await client.vectorStores.search(store.id, { query: 'vacation days', ...body })
      return found.data.map(({ filename }) => filename)
    }
    expect(await search({ filters: { type: 'gte', key: 'year', value: 2025 } })).toEqual([
      expect.stringMatching('new.md'),
    ])
    expect(
      new Set(
        await search({
          filters: {
            type: 'or',
            filters: [
              { type: 'eq', key: 'draft', value: false },
              { type: 'in', key: 'year', value: [2026] },
            ],
          },
        }),
      ),
    ).toEqual(new Set(['old.md', 'new.md']))
    expect(await search({ filters: { type: 'eq', key: 'year', value: 1999 } })).toEqual([])
    expect(await search({ max_num_results: 1 })).toHaveLength(1)
    expect(await search({ ranking_options: { ranker: 'auto', score_threshold: 0 } })).not.toEqual(
      [],
    )
    const scored = await client.vectorStores.search(store.id, { query: 'vacation days' })
    const best = scored.data[0]?.score ?? 0
    expect(best).toBe(1)
    // The same threshold tells what answers from what does not, whichever search it is.
    const threshold = { ranking_options: { score_threshold: 0.6 } }
    expect(new Set(await search(threshold))).toEqual(new Set(['old.md', 'new.md']))
    const strange = await client.vectorStores.search(store.id, {
      query: 'citric quasars beyond Andromeda',
      ...threshold,
    })
    expect(strange.data).toEqual([])
    const two = await client.vectorStores.search(store.id, {
      query: ['vacation days', 'citric acid'],
      rewrite_query: false,
    })
    expect(new Set(two.data.map(({ filename }) => filename))).toContain('coffee.md')
    expect(new Set(two.data.map(({ filename }) => filename)).size).toBeGreaterThan(1)

    const changed = await client.vectorStores.files.update(files[0]?.file_id ?? '', {
      vector_store_id: store.id,
      attributes: { year: 2030 },
    })
    expect(changed.attributes).toEqual({ year: 2030 })
    expect(await search({ filters: { type: 'gt', key: 'year', value: 2029 } })).toEqual(['old.md'])
  }, 60_000)

  it('pages through stores and files, both ways', async () => {
    const names = ['one', 'two', 'three', 'four', 'five']
    const made: string[] = []
    for (const name of names) made.push((await client.vectorStores.create({ name })).id)
    const seen: string[] = []
    for await (const { id } of client.vectorStores.list({ limit: 2, order: 'asc' })) seen.push(id)
    expect(seen.slice(-5)).toEqual(made)
    const [, second = '', , fourth = ''] = made
    const after = await client.vectorStores.list({ after: fourth, order: 'desc', limit: 2 })
    expect(after.data.map(({ name }) => name)).toEqual(['three', 'two'])
    const before = await client.vectorStores.list({ before: second, order: 'desc', limit: 2 })
    expect(before.data.map(({ name }) => name)).toEqual(['four', 'three'])
    expect(before.has_more).toBe(true)

    const store = made[0] ?? ''
    const ids: string[] = []
    for (const name of names) ids.push(await fileOf(`A note: ${name}.`, `${name}.txt`))
    await client.vectorStores.fileBatches.createAndPoll(store, { file_ids: ids }, poll)
    const files: string[] = []
    const pages = client.vectorStores.files.list(store, { limit: 2, order: 'asc' })
    for await (const { id } of pages) files.push(id)
    expect(files).toEqual(ids)
    const back = await client.vectorStores.files.list(store, {
      before: ids[4] ?? '',
      limit: 2,
      order: 'asc',
    })
    expect(back.data.map(({ id }) => id)).toEqual(ids.slice(2, 4))
    for (const id of made) await client.vectorStores.delete(id)
  }, 60_000)

  it('changes a store, and what is null is emptied', async () => {
    const { id } = await client.vectorStores.create({ name: 'a', metadata: { a: '1' } })
    const days = { anchor: 'last_active_at' as const, days: 1 }
    expect(await client.vectorStores.update(id, { name: 'b', expires_after: days })).toMatchObject({
      name: 'b',
      metadata: { a: '1' },
      expires_after: days,
    })
    expect(
      await client.vectorStores.update(id, { name: null, metadata: null, expires_after: null }),
    ).toMatchObject({ name: '', metadata: {}, expires_after: null, expires_at: null })
    await client.vectorStores.delete(id)
  })

  it('cuts as it is told to', async () => {
    const file = await fileOf(longText(40), 'long.md')
    const store = await client.vectorStores.create({
      file_ids: [file],
      chunking_strategy: {
        type: 'static',
        static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 10 },
      },
    })
    expect(store.file_counts.total).toBe(1)
    const done = await client.vectorStores.files.poll(store.id, file, poll)
    expect(done).toMatchObject({
      status: 'completed',
      chunking_strategy: {
        type: 'static',
        static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 10 },
      },
    })
    const found = await client.vectorStores.search(store.id, { query: 'topic31' })
    expect(found.data[0]?.content[0]?.text).toContain('topic31')
    await client.vectorStores.delete(store.id)
  }, 60_000)

  it('hands out the text of a book, part by part', async () => {
    const file = await fileOf(longText(6000), 'book.md')
    const { id } = await client.vectorStores.create({ name: 'book' })
    await client.vectorStores.files.create(id, { file_id: file })
    // Long before all of it is indexed.
    const content = await until(() =>
      client.vectorStores.files.content(file, { vector_store_id: id }),
    )
    const texts = content.data.map(({ text }) => text)
    expect(texts.filter((text) => text?.includes('topic'))).toHaveLength(6000)
    expect(texts.at(-1)).toContain('topic5999')
    await client.vectorStores.delete(id)
  }, 60_000)

  it('cancels a batch; nothing of it is found, and it can be added again', async () => {
    const { id } = await client.vectorStores.create({ name: 'cancelled' })
    const file_ids: string[] = []
    for (let at = 0; at < 12; at += 1)
      file_ids.push(await fileOf(longText(200 + at), `long-${at}.md`))
    const batch = await client.vectorStores.fileBatches.create(id, { file_ids })
    expect(batch.status).toBe('in_progress')
    const cancelled = await client.vectorStores.fileBatches.cancel(batch.id, {
      vector_store_id: id,
    })
    expect(cancelled.status).toBe('cancelled')
    expect(cancelled.file_counts).toMatchObject({ in_progress: 0, total: 12 })
    expect(cancelled.file_counts.cancelled).toBeGreaterThan(0)
    const last = file_ids.at(-1) ?? ''
    const [shown] = (await client.vectorStores.files.list(id, { filter: 'cancelled', limit: 1 }))
      .data
    expect(shown?.id).toBe(last)
    expect((await client.vectorStores.search(id, { query: 'topic211' })).data).toEqual([])
    const again = await client.vectorStores.files.createAndPoll(id, { file_id: last }, poll)
    expect(again.status).toBe('completed')
    expect((await client.vectorStores.search(id, { query: 'topic210' })).data).not.toEqual([])
    await client.vectorStores.delete(id)
  }, 90_000)
})

it('says of each search how it was found', async () => {
  const { id } = await client.vectorStores.create({ name: 'modes' })
  const response = await post(`/v1/vector_stores/${id}/search`, { query: 'vacation' })
  expect(await response.json()).toMatchObject({
    mode: 'lexical',
    notice: expect.stringMatching(/found by words alone/),
    search_query: ['vacation'],
    data: [],
    has_more: false,
    next_page: null,
  })
})

describe('what is wrong is said', () => {
  let store = ''
  beforeAll(async () => {
    store = (await client.vectorStores.create({ name: 'faults' })).id
  })
  const bad: [string, unknown, number, string | null][] = [
    ['', { metadata: { a: 1 } }, 400, 'metadata.a'],
    ['', { expires_after: { anchor: 'created_at', days: 1 } }, 400, 'expires_after.anchor'],
    ['', { expires_after: { anchor: 'last_active_at', days: 0 } }, 400, 'expires_after.days'],
    ['', { file_ids: ['file-nobody'] }, 404, 'file_ids[0]'],
    ['/ID/search', {}, 400, 'query'],
    ['/ID/search', { query: '  ' }, 400, 'query'],
    ['/ID/search', { query: 'x', max_num_results: 51 }, 400, 'max_num_results'],
    [
      '/ID/search',
      { query: 'x', filters: { type: 'near', key: 'a', value: 1 } },
      400,
      'filters.type',
    ],
    [
      '/ID/search',
      { query: 'x', filters: { type: 'gt', key: 'a', value: 'b' } },
      400,
      'filters.value',
    ],
    ['/ID/files', {}, 400, 'file_id'],
    ['/ID/files', { file_id: 'file-nobody' }, 404, 'file_id'],
    ['/ID/files', { file_id: 'x', attributes: { a: {} } }, 400, 'attributes.a'],
    [
      '/ID/files',
      {
        file_id: 'x',
        chunking_strategy: {
          type: 'static',
          static: { max_chunk_size_tokens: 200, chunk_overlap_tokens: 101 },
        },
      },
      400,
      'chunking_strategy.static.chunk_overlap_tokens',
    ],
    ['/ID/file_batches', {}, 400, 'file_ids'],
    ['/ID/file_batches', { file_ids: [] }, 400, 'file_ids'],
    ['/ID/file_batches', { file_ids: ['a'], files: [{ file_id: 'a' }] }, 400, 'file_ids'],
    ['/vs_nobody/search'.replace('/ID', ''), { query: 'x' }, 404, null],
  ]
  it.each(bad)('POST %s %j', async (...[path, body, status, param]) => {
    const response = await post(`/v1/vector_stores${path.replace('ID', store)}`, body)
    expect(response.status).toBe(status)
    const error = expectErrorBody(await response.text())
    if (param !== null) expect(error.param).toBe(param)
  })

  it('a store whose files are not all there is not made', async () => {
    const file = await fileOf('A note.', 'note.txt')
    const count = async (): Promise<number> =>
      (await client.vectorStores.list({ limit: 100 })).data.length
    const before = await count()
    await expect(
      client.vectorStores.create({ file_ids: [file, 'file-nobody'] }),
    ).rejects.toMatchObject({ status: 404, param: 'file_ids[1]' })
    expect(await count()).toBe(before)
  })
})

it('takes a file out of every store when the file is deleted', async () => {
  const { id } = await client.vectorStores.create({ name: 'removals' })
  const file = await fileOf(handbook, 'handbook.md')
  await client.vectorStores.files.createAndPoll(id, { file_id: file }, poll)
  await client.files.delete(file)
  expect((await client.vectorStores.search(id, { query: 'vacation' })).data).toEqual([])
  expect((await client.vectorStores.retrieve(id)).file_counts.total).toBe(0)
}, 60_000)
