import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import OpenAI, { toFile } from 'openai'
import type { Gateway } from '../support/start-gateway.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'

let tools: ToolsProcess
let gateway: Gateway
let clock = 0
let ann: OpenAI
let ben: OpenAI
let annKey = ''

beforeAll(async () => {
  tools = await spawnTools({ FILE_LIMIT_MB: '4', FILE_QUOTA_MB: '10' })
  gateway = await tools.gateway({
    env: { FILE_LIMIT_MB: '4', PUBLIC_URL: 'https://tandem.example/' },
    now: () => Date.now() + clock,
  })
  annKey = await keyOf(gateway, 'ann')
  ann = new OpenAI({ baseURL: gateway.baseUrl, apiKey: annKey, maxRetries: 0 })
  ben = new OpenAI({
    baseURL: gateway.baseUrl,
    apiKey: await keyOf(gateway, 'ben'),
    maxRetries: 0,
  })
}, 60_000)
afterAll(async () => {
  await gateway.close()
  await tools.close()
})

const create = async (client: OpenAI, bytes: Buffer, name = 'a.bin') =>
  client.files.create({ file: await toFile(bytes, name), purpose: 'user_data' })

/** All files in the store, drafts too. */
function filesOnDisk(): string[] {
  const uploads = join(tools.folder, 'data', 'uploads')
  return readdirSync(uploads, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}

describe("OpenAI's own client", () => {
  test('uploads, lists, reads and deletes', async () => {
    const bytes = randomBytes(3 * 2 ** 20)
    const file = await create(ann, bytes, 'data.bin')
    expect(file).toMatchObject({
      object: 'file',
      bytes: bytes.length,
      filename: 'data.bin',
      purpose: 'user_data',
      status: 'processed',
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    const second = await create(ann, Buffer.from('two'))
    const listed: string[] = []
    for await (const each of ann.files.list({ limit: 1 })) listed.push(each.id)
    expect(listed).toEqual([second.id, file.id])
    expect((await ann.files.retrieve(file.id)).id).toBe(file.id)
    const content = await ann.files.content(file.id)
    expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true)
    expect(await ann.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true })
    await expect(ann.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 })
    await ann.files.delete(second.id)
  })

  test("does not see another user's", async () => {
    const { id } = await create(ann, Buffer.from('secret'))
    for (const ask of [
      () => ben.files.retrieve(id),
      () => ben.files.content(id),
      () => ben.files.delete(id),
      () => ben.post(`/files/${id}/link`, {}),
    ]) {
      await expect(ask()).rejects.toMatchObject({ status: 404 })
    }
    expect((await ben.files.list()).data).toEqual([])
    await ann.files.delete(id)
  })
})

test('contents cannot act on our origin', async () => {
  const page = Buffer.from('<!doctype html><script>alert(1)</script>')
  const { id } = await create(ann, page, 'picture.png')
  const { url } = await ann.post<{ url: string }>(`/files/${id}/link`, {})
  const headers = { authorization: `Bearer ${annKey}` }
  const linked = url.replace('https://tandem.example', gateway.url)
  for (const response of [
    await fetch(`${gateway.baseUrl}/files/${id}/content`, { headers }),
    await fetch(linked),
  ]) {
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': 'attachment; filename=picture.png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^sandbox;/),
    })
    expect(await response.text()).toBe(page.toString())
  }
  await ann.files.delete(id)
})

describe('signed links', () => {
  test('open without a key under PUBLIC_URL, until their time is up', async () => {
    const { id } = await create(ann, Buffer.from('hello'), 'naïve name.txt')
    const link = await ann.post<{ url: string; expires_at: number }>(`/files/${id}/link`, {})
    expect(link.url).toMatch(
      /^https:\/\/tandem\.example\/files\/file-[^/]+\/na%C3%AFve%20name\.txt\?/,
    )
    expect(Math.abs(link.expires_at - Date.now() / 1000 - 86_400)).toBeLessThan(60)
    const local = link.url.replace('https://tandem.example', gateway.url)
    expect(await (await fetch(local)).text()).toBe('hello')
    try {
      clock = 86_401_000
      expect((await fetch(local)).status).toBe(403)
    } finally {
      clock = 0
    }
    await ann.files.delete(id)
    expect((await fetch(local)).status).toBe(404)
  })

  test('cannot be forged, stretched or pointed elsewhere', async () => {
    const { id } = await create(ann, Buffer.from('hello'))
    const other = await create(ben, Buffer.from('other'))
    const { url } = await ann.post<{ url: string }>(`/files/${id}/link`, {})
    const good = new URL(url.replace('https://tandem.example', gateway.url))
    const change = (edit: (link: URL) => void): string => {
      const link = new URL(good)
      edit(link)
      return link.href
    }
    const set = (name: string, value: string) =>
      change((link) => link.searchParams.set(name, value))
    const forged = [
      set('expires', '99999999999'),
      set('owner', 'someone'),
      set('signature', 'AAAA'),
      set('signature', ''),
      change((link) => link.searchParams.delete('signature')),
      change((link) => link.searchParams.append('signature', 'x')),
      change((link) => (link.search = '')),
      change((link) => (link.pathname = link.pathname.replace(id, other.id))),
    ]
    for (const link of forged) {
      const response = await fetch(link)
      expect(response.status).toBe(403)
      expect(expectErrorBody(await response.text()).code).toBe('link_expired')
    }
    expect((await fetch(good)).status).toBe(200)
    await ann.files.delete(id)
    await ben.files.delete(other.id)
  })
})

describe('what is refused leaves nothing', () => {
  const refusals: [string, () => Promise<unknown>, number, string | null][] = [
    ['an empty file', () => create(ann, Buffer.alloc(0)), 400, 'invalid_request'],
    [
      'a file over the limit',
      () => create(ann, Buffer.alloc(4 * 2 ** 20 + 1)),
      413,
      'request_too_large',
    ],
    [
      'one far over the limit',
      () => create(ann, Buffer.alloc(30 * 2 ** 20)),
      413,
      'request_too_large',
    ],
  ]
  test.each(refusals)('%s', async (...[, ask, status, code]) => {
    await expect(ask()).rejects.toMatchObject({ status, code })
    expect(filesOnDisk()).toEqual([])
  })

  test('more than the quota, all at once', async () => {
    const asked = Array.from({ length: 6 }, () => create(ann, Buffer.alloc(3 * 2 ** 20, 1)))
    const outcomes = await Promise.allSettled(asked)
    const made = outcomes.filter(({ status }) => status === 'fulfilled')
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(
      refused.map(() => 'file_quota_exceeded'),
    )
    expect(made.length).toBeLessThanOrEqual(3)
    expect(filesOnDisk()).toHaveLength(made.length)
    for await (const { id } of ann.files.list()) await ann.files.delete(id)
    expect(filesOnDisk()).toEqual([])
    const last = await create(ann, Buffer.alloc(4 * 2 ** 20))
    await ann.files.delete(last.id)
  })

  test('a length that is not told is counted', async () => {
    const response = await sendChunked(Buffer.alloc(2 ** 20), 8)
    expect(response).toBe(413)
    await untilNoFiles()
  })

  test('an upload that the client breaks off', async () => {
    for (let time = 0; time < 4; time += 1) await breakOff(Buffer.alloc(3 * 2 ** 20))
    await untilNoFiles()
    const file = await create(ann, Buffer.alloc(4 * 2 ** 20))
    await ann.files.delete(file.id)
  })

  test.each([
    ['JSON', 'application/json', '{}', 415],
    ['a form without boundary', 'multipart/form-data', 'x', 415],
    ['half a form', 'multipart/form-data; boundary=b', '--b\r\nx', 400],
    [
      'a form without file',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--b--\r\n',
      400,
    ],
  ])('%s', async (...[, type, body, status]) => {
    const response = await fetch(`${gateway.baseUrl}/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${annKey}`, 'content-type': type },
      body,
    })
    expect(response.status).toBe(status)
    expectErrorBody(await response.text())
  })

  test('anyone without a key', async () => {
    for (const [method, path] of [
      ['POST', '/v1/files'],
      ['GET', '/v1/files'],
      ['GET', '/v1/files/file-x'],
      ['GET', '/v1/files/file-x/content'],
      ['POST', '/v1/files/file-x/link'],
      ['DELETE', '/v1/files/file-x'],
    ] as const) {
      expect((await fetch(`${gateway.url}${path}`, { method })).status).toBe(401)
    }
  })
})

test('while the tools server is away it is a 503, and then works again', async () => {
  const { id } = await create(ann, Buffer.from('kept'))
  await tools.server().stop('SIGKILL')
  await expect(ann.files.list()).rejects.toMatchObject({ status: 503, code: 'tools_unavailable' })
  await expect(create(ann, Buffer.alloc(2 ** 20))).rejects.toMatchObject({ status: 503 })
  await tools.restart()
  expect(await (await ann.files.content(id)).text()).toBe('kept')
  await ann.files.delete(id)
}, 90_000)

async function untilNoFiles(): Promise<void> {
  const deadline = Date.now() + 20_000
  while (filesOnDisk().length > 0 && Date.now() < deadline) await sleep(20)
  expect(filesOnDisk()).toEqual([])
}

function formRequest(headers: Record<string, string> = {}) {
  const sending = request(`${gateway.url}/v1/files`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${annKey}`,
      'content-type': 'multipart/form-data; boundary=b',
      ...headers,
    },
  })
  sending.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n')
  return sending
}

async function sendChunked(chunk: Buffer, times: number): Promise<number | undefined> {
  const sending = formRequest()
  const answered = new Promise<number | undefined>((resolve) => {
    sending.on('response', (response) => resolve(response.resume().statusCode))
    sending.on('error', () => undefined)
  })
  for (let time = 0; time < times; time += 1) sending.write(chunk)
  sending.end('\r\n--b--\r\n')
  return answered
}

async function breakOff(bytes: Buffer): Promise<void> {
  const sending = formRequest({ 'content-length': String(bytes.length * 2) })
  sending.on('error', () => undefined)
  await new Promise((resolve) => sending.write(bytes, resolve))
  await sleep(50)
  sending.destroy()
}
