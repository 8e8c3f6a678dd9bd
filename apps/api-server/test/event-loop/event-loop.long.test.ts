/**
 * What a user can send and ask that is large, to the real servers, with the real model where its weights are: no task of
 * either main thread holds up everybody for 50 ms.
 */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { toFile } from 'openai'
import { chatChunks, sseReply } from '@tandem/testing'
import { largeFiles } from './large-files.ts'
import { startWatchedServers, type WatchedServers } from './watched-servers.ts'

const mebibyte = 2 ** 20
const files = largeFiles(6 * mebibyte)

let servers: WatchedServers
beforeAll(async () => {
  const models = process.env['MODELS_DIR']
  const tools: Record<string, string> = models === undefined ? {} : { MODELS_DIR: models }
  servers = await startWatchedServers(tools, { PROMPT_LOG: 'prompts.log' })
}, 120_000)
afterAll(() => servers.close())

function chat(content: unknown, more: object = {}): Promise<string> {
  const messages = [{ role: 'user', content }]
  return servers.ask('/v1/chat/completions', { model: 'lmstudio/fake-model', messages, ...more })
}

describe('what is used for the first time', () => {
  it.each([
    ['calculator', { expression: 'sqrt(2) * 3' }],
    ['get_current_time', {}],
    ['python_coder', { code: 'print(1)' }],
  ])('%s', async (tool, args) => {
    await servers.quietly(tool, () => servers.ask(`/api/tools/${tool}`, args))
  })

  it.each([
    '/v1/models',
    '/api/chat/sessions',
    '/v1/files',
    '/api/tools',
    '/openapi.json',
    '/docs',
    '/health',
  ])('GET %s', async (path) => {
    await servers.quietly(path, () => servers.ask(path))
  })

  it('chats, sessions and agents', async () => {
    const { quietly } = servers
    await quietly('chat', () => chat('Hello'))
    await quietly('session', () => chat('Hello', { session_id: 'first' }))
    await quietly('agent', () => chat('Hello', { agent_type: 'react' }))
  })
})

describe('pictures of 20 MB', () => {
  const bytes = Buffer.alloc(20 * mebibyte, 'picture of a river ')
  const url = `data:image/png;base64,${bytes.toString('base64')}`
  const picture = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url } },
  ]

  it.each([
    ['chat', {}],
    ['agent', { agent_type: 'react' }],
  ])('in the session of a %s, and in each later turn', async (name, more) => {
    const { ask, quietly, upstream } = servers
    const fields = { ...more, session_id: `pictures-${name}` }
    await quietly('first turn', () => chat(picture, fields), tries)
    upstream.reset()
    await quietly('second turn', () => chat('And now?', fields), tries)
    expect(JSON.stringify(upstream.journal.at(-1)?.json).includes(url)).toBe(true)
    upstream.reset()
    await quietly('history', () => ask(`/api/chat/history/pictures-${name}`))
  })
})

describe.each([
  ['2 MB of quoted English', 2, 'Words and a "quotation", line by line.\n'],
  ['4 MB of quoted English', 4, 'Words and a "quotation", line by line.\n'],
  ['4 MB with emoji', 4, 'Words and a "quotation" 😀, line by line.\n'],
  ['56 MB of quoted English', 56, 'Words and a "quotation", line by line.\n'],
  ['28 MB with emoji', 28, 'Words and a "quotation" 😀, line by line.\n'],
  ['56 MB of Russian', 56, 'Слова и «цитата», строка за строкой.\n'],
  ['56 MB of plain letters', 56, 'Just words without anything to escape in them, and a dot. '],
])('%s, more than most models read', (name, size, line) => {
  const bytes = Buffer.byteLength(JSON.stringify(line)) - 2
  const text = line.repeat((size * mebibyte) / bytes)
  let turn = 0

  it('in a chat, of text and of parts', async () => {
    const { quietly, upstream } = servers
    await quietly('chat', () => chat(text), tries)
    await quietly('stream', () => chat(text, { stream: true }), tries)
    const half = { type: 'text', text: text.slice(text.length / 2) }
    upstream.reset()
    await quietly('parts', () => chat([half, half]), tries)
    const sent = upstream.journal.at(-1)?.json as { messages: { content: unknown }[] }
    expect(isDeepStrictEqual(sent.messages[0]?.content, [half, half])).toBe(true)
  })

  it('in an agent, also one that waits for its caller', async () => {
    const { quietly, upstream } = servers
    for (const agent of ['react', 'auto', 'plan_execute'])
      await quietly(agent, () => chat(text, { agent_type: agent }), tries)
    await quietly(
      'pause and resumption',
      async () => {
        upstream.reset()
        upstream.reply(sseReply(chatChunks({ toolCalls: [{ name: 'look', arguments: {} }] })))
        const asked = await chat(text, callerTool)
        const { choices } = JSON.parse(asked) as { choices: { message: object & Asked }[] }
        const [message] = choices.map((choice) => choice.message)
        const id = message?.tool_calls?.[0]?.id
        const result = { role: 'tool', tool_call_id: id, content: 'A river.' }
        const messages = [{ role: 'user', content: 'shortened' }, message, result]
        const model = 'lmstudio/fake-model'
        return servers.ask('/v1/chat/completions', { ...callerTool, model, messages })
      },
      tries,
    )
    const sent = upstream.journal.at(-1)?.json as { messages: { role: string; content: unknown }[] }
    expect(sent.messages.some(({ role, content }) => role === 'user' && content === text)).toBe(
      true,
    )
  })

  it('in a session, its next turn and its history', async () => {
    const { ask, quietly, upstream } = servers
    const id = await quietly(
      'session',
      async () => {
        // Each time another: what was said before would be read again.
        const session = `${name.replaceAll(' ', '-')}-${(turn += 1)}`
        await chat(text, { session_id: session })
        return session
      },
      tries,
    )
    upstream.reset()
    await quietly('next turn', () => chat('And?', { session_id: id }), tries)
    const sent = upstream.journal.at(-1)?.json as { messages: { content: unknown }[] }
    expect(sent.messages.at(-1)?.content).toBe('And?')
    const history = await quietly('history', () => ask(`/api/chat/history/${id}?limit=2`), tries)
    const { messages } = JSON.parse(history) as { messages: { content: unknown }[] }
    expect(messages[0]?.content === text).toBe(true)
  })
})

const callerTool = {
  agent_type: 'react',
  tools: [{ type: 'function', function: { name: 'look', parameters: {} } }],
}

interface Asked {
  tool_calls?: { id: string }[]
}

it('56 MB in thousands of messages, and 50 MB in parts', async () => {
  const { quietly } = servers
  const line = 'Words and a "quotation", line by line.\n'
  const messages = Array.from({ length: 2000 }, (_, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: `${at}: ${line.repeat(680)}`,
  }))
  const body = { model: 'lmstudio/fake-model', messages }
  await quietly('messages', () => servers.ask('/v1/chat/completions', body), tries)
  await quietly(
    'messages of an agent',
    () => servers.ask('/v1/chat/completions', { ...body, agent_type: 'react' }),
    tries,
  )
  const parts = Array.from({ length: 100_000 }, (_, at) => ({
    type: 'text',
    text: `${at}: ${line.repeat(12)}`,
  }))
  await quietly('parts', () => chat(parts), tries)
})

it('4 MB of text as a document', async () => {
  const text = 'Words and a "quotation", line by line.\n'.repeat((3.5 * mebibyte) / 41)
  await servers.ask('/api/rag/collections', { name: 'texts' })
  await servers.quietly(
    'document',
    () => servers.ask('/api/rag/collections/texts/documents', { text, title: 'Words' }),
    tries,
  )
})

describe('documents', () => {
  let store = ''
  it.each(Object.entries(files))(
    '%s: sent, attached, read, indexed, searched',
    async (name, bytes) => {
      const { client, quietly, upstream } = servers
      store ||= (await client.vectorStores.create({ name: 'all' })).id
      const file = await toFile(bytes, name)
      const { id } = await quietly(`sending ${name}`, () =>
        client.files.create({ file, purpose: 'user_data' }),
      )
      const fields = { attachments: [id], session_id: `s-${name.replace('.', '-')}` }
      await quietly(`attaching ${name}`, () => chat('What is in it?', fields))
      const read = { name: 'read_attachment', arguments: { file: id, lines: '200-900' } }
      upstream.reply(sseReply(chatChunks({ toolCalls: [read] })))
      await quietly(`reading ${name}`, () => chat('Read on.', { ...fields, agent_type: 'react' }))
      await quietly(`indexing ${name}`, async () => {
        await client.vectorStores.files.create(store, { file_id: id })
        for (let at = 0; at < 50; at += 1) {
          await client.vectorStores.search(store, { query: `examiner river${at} district ${at}` })
        }
      })
      // Lest the model is busy with it when the next one comes.
      await client.vectorStores.files.delete(id, { vector_store_id: store })
    },
    180_000,
  )
})

describe('many things', () => {
  let plain: WatchedServers
  beforeAll(async () => {
    plain = await startWatchedServers({ RAG_EMBEDDING_MODEL: 'none' }, {})
  }, 120_000)
  afterAll(() => plain.close())

  it('10,000 files are listed, but for ten', async () => {
    const file = await toFile(Buffer.from('text'), 'a.txt')
    await plain.client.files.create({ file, purpose: 'user_data' })
    copyRows(plain.toolsData, 'files', { id: `'file-' || n`, count: 9989 })
    await plain.quietly('first list', () => plain.ask('/v1/files?limit=10000'), tries)
    const listed = await plain.quietly(
      'second list',
      () => plain.ask('/v1/files?limit=10000'),
      tries,
    )
    expect((JSON.parse(listed) as { data: unknown[] }).data).toHaveLength(9990)
  })

  it('10,000 documents are counted and listed', async () => {
    const { id } = await plain.client.vectorStores.create({ name: 'many' })
    await plain.ask(`/api/rag/collections/${id}/documents`, { text: 'A note.', title: 'Note' })
    await indexed(id)
    copyRows(plain.toolsData, 'documents', { id: `'doc_' || n`, count: 9999 })
    for (const path of [
      `/api/rag/collections/${id}/documents?limit=100`,
      `/api/rag/collections`,
      `/v1/vector_stores/${id}`,
      `/v1/vector_stores/${id}/files?limit=100`,
    ])
      await plain.quietly(path, () => plain.ask(path), tries)
    const { file_counts: counts } = await plain.client.vectorStores.retrieve(id)
    expect(counts.total).toBe(10_000)
    await plain.quietly('removal', () => plain.client.vectorStores.delete(id))
  })

  it('a document of tens of thousands of chunks is published, searched and removed', async () => {
    const { client, quietly } = plain
    const { id } = await client.vectorStores.create({ name: 'large' })
    const rows = Array.from(
      { length: 400_000 },
      (_, at) => `${at},a${at % 97},river${at % 1013},${at % 9},moved ${at % 31} times`,
    )
    const file = await toFile(Buffer.from(`n,a,b,c,d\n${rows.join('\n')}`), 'large.csv')
    await quietly('publishing', async () => {
      const { id: file_id } = await client.files.create({ file, purpose: 'user_data' })
      await client.vectorStores.files.create(id, { file_id })
      await indexed(id)
    })
    const [document] = (
      JSON.parse(await plain.ask(`/api/rag/collections/${id}/documents`)) as {
        documents: { chunks: number }[]
      }
    ).documents
    expect(document?.chunks).toBeGreaterThan(30_000)
    // The first one waits for the index of words, on a busy machine for longer than the main API waits.
    const search = { query: 'river77 moved' }
    await quietly('search', () => client.vectorStores.search(id, search, { maxRetries: 8 }))
    await quietly('removal', () => client.vectorStores.delete(id))
  }, 300_000)

  async function indexed(id: string): Promise<void> {
    for (;;) {
      const { status } = await plain.client.vectorStores.retrieve(id)
      if (status === 'completed') return
      await sleep(200)
    }
  }
})

/** Each is done so often where it is slow, for it does the same again. */
const tries = 3

/** Copies of the newest row of a table, each with an id of its own: to add so many one by one would take minutes. */
function copyRows(folder: string, table: string, copies: { id: string; count: number }): void {
  const db = new DatabaseSync(`${folder}/tools.db`)
  const columns = db
    .prepare(`select name from pragma_table_info('${table}') where name not in ('row_id', 'id')`)
    .all()
    .map(({ name }) => String(name))
  const list = columns.join(', ')
  db.exec(`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${copies.count})
    insert into ${table} (id, ${list}) select ${copies.id}, ${list} from numbers,
    (select ${list} from ${table} order by row_id desc limit 1)`)
  db.close()
}
