import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { askAs, type Ask, type Json } from './ask-as.ts'
import { handbook } from './texts.ts'

let tools: ToolsProcess
let gateway: Gateway
let annKey = ''
let askAnn: Ask
let askBen: Ask
/** Ann's things, and Ben's of the same names. */
const ann = { store: '', file: '', document: '', text: '', batch: '', name: 'shared name' }
const ben = { store: '', file: '' }

async function upload(ask: Ask, text: string): Promise<string> {
  const form = new FormData()
  form.append('purpose', 'user_data')
  form.append('file', new Blob([text]), 'handbook.md')
  return (await ask('POST', '/v1/files', form)).body.id
}

beforeAll(async () => {
  tools = await spawnTools()
  gateway = await tools.gateway()
  annKey = await keyOf(gateway, 'ann')
  askAnn = askAs(gateway, annKey)
  askBen = askAs(gateway, await keyOf(gateway, 'ben'))
  const made = await askAnn('POST', '/api/rag/collections', { name: ann.name })
  ann.store = made.body.id
  ann.file = await upload(askAnn, handbook)
  ann.text = (
    await askAnn('POST', `/api/rag/collections/${ann.store}/documents`, {
      text: 'The password of the safe is zebra.',
      title: 'Secret',
    })
  ).body.id
  const batch = await askAnn('POST', `/v1/vector_stores/${ann.store}/file_batches`, {
    file_ids: [ann.file],
  })
  ann.batch = batch.body.id
  for (;;) {
    const { body } = await askAnn('GET', `/api/rag/collections/${ann.store}`)
    if (body.documents.completed === 2) break
    await sleep(20)
  }
  const listed = await askAnn('GET', `/api/rag/collections/${ann.store}/documents`)
  ann.document = listed.body.documents.find(({ file_id }: Json) => file_id === ann.file).id
  ben.store = (await askBen('POST', '/v1/vector_stores', { name: 'bens' })).body.id
  ben.file = await upload(askBen, 'A note of Ben.')
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await tools.close()
})

type Knock = [string, string, object?]

/** Every route, with Ann's store, file, document and batch in the path, alone and with Ben's own store. */
function knocks(): Knock[] {
  const stores = '/v1/vector_stores'
  const simple = '/api/rag/collections'
  const named = `${simple}/${encodeURIComponent(ann.name)}`
  return [
    ...knocksAt(stores, 'files'),
    ...knocksAt(simple, 'documents'),
    ...[ann.store, ben.store].flatMap((store) => batchKnocks(`${stores}/${store}`)),
    ['POST', `${stores}/${ann.store}`, { name: 'mine now' }],
    ['POST', stores, { name: 'x', file_ids: [ann.file] }],
    ['GET', named],
    ['DELETE', named],
  ]
}

function knocksAt(base: string, part: string): Knock[] {
  const own = `${base}/${ann.store}`
  return [
    ['GET', own],
    ['DELETE', own],
    ['POST', `${own}/search`, { query: 'password' }],
    ['GET', `${own}/${part}`],
    ['POST', `${own}/${part}`, { file_id: ben.file }],
    ...[ann.store, ben.store].flatMap((store): Knock[] => [
      // A file of Ann's in a body of Ben's.
      ['POST', `${base}/${store}/${part}`, { file_id: ann.file }],
      ...[ann.file, ann.document, ann.text].flatMap((id) =>
        documentKnocks(`${base}/${store}/${part}/${id}`),
      ),
    ]),
  ]
}

/** The simple API has fewer. */
function documentKnocks(path: string): Knock[] {
  const change: Knock[] = path.startsWith('/v1')
    ? [
        ['POST', path, { attributes: { a: 1 } }],
        ['GET', `${path}/content`],
      ]
    : []
  return [['GET', path], ['DELETE', path], ...change]
}

function batchKnocks(store: string): Knock[] {
  const batch = `${store}/file_batches/${ann.batch}`
  return [
    ['POST', `${store}/file_batches`, { file_ids: [ben.file, ann.file] }],
    ['POST', `${store}/file_batches`, { files: [{ file_id: ann.file }] }],
    ['GET', batch],
    ['GET', `${batch}/files`],
    ['POST', `${batch}/cancel`, {}],
  ]
}

describe("another user's things are not there", () => {
  it('by any path and any body, and Ben is told the same as of what never was', async () => {
    for (const [method, path, body] of knocks()) {
      const answer = await askBen(method, path, body)
      expect([method, path, answer.status]).toEqual([method, path, 404])
      expect(answer.text).not.toMatch(/zebra|vacation|Secret|handbook/)
    }
    const { body } = await askBen('GET', `/v1/vector_stores/${ben.store}`)
    expect(body.file_counts.total).toBe(0)
  })

  it('in lists, whatever the cursor', async () => {
    for (const query of ['', `?after=${ann.store}`, `?before=${ann.store}`, '?limit=100']) {
      const { body } = await askBen('GET', `/v1/vector_stores${query}`)
      expect(body.data.every(({ id }: Json) => id === ben.store)).toBe(true)
    }
    for (const id of [ann.file, ann.document]) {
      const path = `/v1/vector_stores/${ben.store}/files?after=${id}`
      expect((await askBen('GET', path)).body.data).toEqual([])
    }
  })

  it('through the tool, by id or by name', async () => {
    for (const collections of [[ann.store], [ann.name], [ben.store, ann.store]]) {
      const { body } = await askBen('POST', '/call_tool', {
        name: 'rag',
        arguments: { query: 'password of the safe', collections },
      })
      expect(body.error?.code).toBe('collection_not_found')
      expect(JSON.stringify(body)).not.toContain('zebra')
    }
    const all = await askBen('POST', '/call_tool', {
      name: 'rag',
      arguments: { query: 'password of the safe' },
    })
    expect(all.text).not.toContain('zebra')
  })

  it('and dots in an id lead nowhere, least of all to the whole store', async () => {
    // By hand: `fetch` would mend the path before it sends it.
    const { hostname, port } = new URL(gateway.url)
    for (const dots of ['..', '%2e%2e', '.%2E', '.']) {
      for (const path of [
        `/v1/vector_stores/${ann.store}/files/${dots}`,
        `/v1/vector_stores/${dots}/files/${ann.file}`,
        `/v1/vector_stores/${dots}`,
        `/api/rag/collections/${ann.store}/documents/${dots}`,
      ]) {
        const headers = { authorization: `Bearer ${annKey}` }
        const sent = request({ hostname, port, path, method: 'DELETE', headers }).end()
        const [response] = (await once(sent, 'response')) as [IncomingMessage]
        response.resume()
        expect([path, response.statusCode]).toEqual([path, 404])
      }
    }
  })

  it('and all of it is still there for its owner', async () => {
    const search = { query: 'password of the safe' }
    const found = await askAnn('POST', `/v1/vector_stores/${ann.store}/search`, search)
    expect(found.body.data[0].content[0].text).toContain('zebra')
    const { body } = await askAnn('GET', `/v1/vector_stores/${ann.store}`)
    expect(body).toMatchObject({ name: ann.name, file_counts: { completed: 2, total: 2 } })
  })
})
