import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rm, stat, writeFile, utimes, mkdir } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { fileListSchema, fileObjectSchema, type FileObject } from '@tandem/schemas'
import { makeTempDir } from '@tandem/testing'
import { createToolsClient, signServiceToken } from '@tandem/tools'
import { secret, startLastingServer, startServer, type TestServer } from '../start-server.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** For tests that neither count nor list its files. */
let lasting: TestServer
beforeAll(async () => {
  lasting = await startLastingServer()
})
afterAll(() => lasting.close())

interface UploadOptions {
  name?: string
  owner?: string
  fields?: Record<string, string>
  /** Fields before the file, or after it. */
  fieldsFirst?: boolean
}

async function upload(
  server: TestServer,
  content: Buffer | string,
  { name = 'a.txt', owner = 'user-1', fields = {}, fieldsFirst = true }: UploadOptions = {},
): Promise<Response> {
  const form = new FormData()
  const addFields = () => {
    for (const [key, value] of Object.entries(fields)) form.append(key, value)
  }
  if (fieldsFirst) addFields()
  form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), name)
  if (!fieldsFirst) addFields()
  return server.fetch('/files', { method: 'POST', body: form, claims: { sub: owner } })
}

async function stored(response: Response): Promise<FileObject> {
  expect(response.status).toBe(200)
  return fileObjectSchema.parse(await response.json())
}

async function codeOf(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { error: { code: string } }).error.code]
}

/** Every file below the store's folder, drafts too. */
async function filesOnDisk(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

async function startWithFolder(options: Parameters<typeof startServer>[0] = {}) {
  const folder = await makeTempDir()
  const server = await startServer({ dataDir: folder.path, ...options })
  return { server, folder, uploads: join(folder.path, 'uploads') }
}

describe('a file', () => {
  test('is stored, listed, read and removed', async () => {
    const { server, uploads } = await startWithFolder()
    const file = await stored(
      await upload(server, png, { name: 'plot.png', fields: { purpose: 'vision' } }),
    )
    expect(file).toMatchObject({
      object: 'file',
      bytes: png.length,
      filename: 'plot.png',
      purpose: 'vision',
      status: 'processed',
      media_type: 'image/png',
      sha256: createHash('sha256').update(png).digest('hex'),
    })
    expect(file.id).toMatch(/^file-[\w-]{24}$/)
    expect(await filesOnDisk(uploads)).toEqual([file.id])

    const list = fileListSchema.parse(await (await server.fetch('/files')).json())
    expect(list).toMatchObject({ data: [file], has_more: false, first_id: file.id })
    expect(await (await server.fetch(`/files/${file.id}`)).json()).toEqual(file)

    const content = await server.fetch(`/files/${file.id}/content`)
    expect(Object.fromEntries(content.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(png.length),
      'content-disposition': 'attachment; filename=plot.png',
      'x-content-type-options': 'nosniff',
    })
    expect(Buffer.from(await content.arrayBuffer()).equals(png)).toBe(true)

    const removed = await server.fetch(`/files/${file.id}`, { method: 'DELETE' })
    expect(await removed.json()).toEqual({ id: file.id, object: 'file', deleted: true })
    expect(await filesOnDisk(uploads)).toEqual([])
    expect((await server.fetch(`/files/${file.id}`)).status).toBe(404)
  })

  test('may have its purpose after it, and an end', async () => {
    const server = await startServer()
    const fields = {
      purpose: 'assistants',
      'expires_after[anchor]': 'created_at',
      'expires_after[seconds]': '3600',
    }
    const file = await stored(await upload(server, 'x', { fields, fieldsFirst: false }))
    expect(file.purpose).toBe('assistants')
    expect(file.expires_at).toBe(file.created_at + 3600)
  })

  test('is gone when its time is up, and its room is free after the sweep', async () => {
    let now = Date.now()
    const { server, uploads } = await startWithFolder({ now: () => now })
    const fields = { 'expires_after[anchor]': 'created_at', 'expires_after[seconds]': '3600' }
    const file = await stored(await upload(server, 'x', { fields }))
    now += 3_600_000
    expect((await server.fetch(`/files/${file.id}`)).status).toBe(404)
    expect((await server.fetch(`/files/${file.id}/content`)).status).toBe(404)
    await server.deps.files.sweep(0)
    expect(await filesOnDisk(uploads)).toEqual([])
    expect(await server.deps.db.files.use('user-1')).toEqual({ bytes: 0, files: 0 })
  })

  test('of 20 MiB passes unharmed', async () => {
    const server = await startServer()
    const bytes = randomBytes(20 * 2 ** 20)
    const file = await stored(await upload(server, bytes, { name: 'big.bin' }))
    const content = await server.fetch(`/files/${file.id}/content`)
    const hash = createHash('sha256').update(Buffer.from(await content.arrayBuffer()))
    expect(hash.digest('hex')).toBe(file.sha256)
  })
})

test('lists are in order, filtered and paged', async () => {
  const server = await startServer()
  const ids: string[] = []
  for (const name of ['a', 'b', 'c']) {
    const fields = { purpose: name === 'b' ? 'batch' : 'user_data' }
    ids.push((await stored(await upload(server, name, { name, fields }))).id)
  }
  const page = async (query: string) => {
    const response = await server.fetch(`/files?${query}`)
    const { data, has_more } = fileListSchema.parse(await response.json())
    return [data.map(({ id }) => id), has_more]
  }
  expect(await page('order=asc')).toEqual([ids, false])
  expect(await page('')).toEqual([ids.toReversed(), false])
  expect(await page('order=asc&limit=2')).toEqual([ids.slice(0, 2), true])
  expect(await page(`order=asc&limit=2&after=${ids[1]}`)).toEqual([[ids[2]], false])
  expect(await page('purpose=batch')).toEqual([[ids[1]], false])
  expect(await page('after=file-nobodys')).toEqual([[], false])
  expect((await server.fetch('/files?limit=0')).status).toBe(400)
})

describe('owners', () => {
  test('never meet', async () => {
    const server = await startServer()
    const mine = await stored(await upload(server, 'secret'))
    const other = { claims: { sub: 'user-2' } }
    for (const [method, path] of [
      ['GET', `/files/${mine.id}`],
      ['GET', `/files/${mine.id}/content`],
      ['DELETE', `/files/${mine.id}`],
    ] as const) {
      const response = await server.fetch(path, { method, ...other })
      expect(await codeOf(response)).toEqual([404, 'file_not_found'])
    }
    const list = fileListSchema.parse(await (await server.fetch('/files', other)).json())
    expect(list.data).toEqual([])
    expect((await server.fetch(`/files?after=${mine.id}`, other)).status).toBe(200)
    expect((await server.fetch(`/files/${mine.id}`)).status).toBe(200)
    expect(await server.deps.artifacts.load('user-2', mine.id)).toBeUndefined()
  })

  test('have a quota each, which holds for many at once and is free again after failures', async () => {
    const { server, uploads } = await startWithFolder({ fileQuotaBytes: 1000 })
    const many = await Promise.all(Array.from({ length: 8 }, () => upload(server, 'x'.repeat(300))))
    expect(many.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 413, 413, 413, 413, 413,
    ])
    expect(await server.deps.db.files.use('user-1')).toEqual({ bytes: 900, files: 3 })
    expect(await filesOnDisk(uploads)).toHaveLength(3)
    expect(await codeOf(await upload(server, 'x'.repeat(101)))).toEqual([
      413,
      'file_quota_exceeded',
    ])
    await stored(await upload(server, 'x'.repeat(100)))
    await stored(await upload(server, 'x'.repeat(1000), { owner: 'user-2' }))
  })

  test('lose everything of a session, or of themselves, and others nothing', async () => {
    const scratch: unknown[] = []
    const { server, uploads } = await startWithFolder({
      removeScratch: (...args) => Promise.resolve(void scratch.push(args)),
    })
    const { artifacts } = server.deps
    const save = (owner: string, sessionId?: string) =>
      artifacts.save({
        owner,
        name: 'a',
        bytes: Buffer.from('a'),
        ...(sessionId !== undefined && { sessionId }),
      })
    const kept = await save('user-1')
    await save('user-1', 's1')
    const otherSession = await save('user-1', 's2')
    const otherUser = await save('user-2', 's1')
    const remove = (path: string, session?: string) =>
      server.fetch(path, { method: 'DELETE', claims: { sub: 'user-1', session } })
    expect((await remove('/session')).status).toBe(400)
    expect((await remove('/session', 's1')).status).toBe(200)
    const left = [kept, otherSession, otherUser].map(({ fileId }) => fileId)
    expect((await filesOnDisk(uploads)).toSorted()).toEqual(left.toSorted())
    expect((await remove('/owner')).status).toBe(200)
    expect(await filesOnDisk(uploads)).toEqual([otherUser.fileId])
    expect(scratch).toEqual([['user-1', 's1'], ['user-1']])
  })
})

/** Stands still after its first chunk. */
function gated() {
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  async function* source() {
    yield Buffer.from('first')
    begun.resolve()
    await gate.promise
    yield Buffer.from('second')
  }
  return { source: source(), begun: begun.promise, open: gate.resolve }
}

describe('while a file is on its way', () => {
  test.each([
    [undefined, undefined, true],
    [undefined, 's1', true],
    ['s1', 's1', true],
    ['s1', 's2', false],
    ['s1', undefined, false],
  ])('removing session %s takes one of session %s: %s', async (removed, sessionId, isGone) => {
    const { server, uploads } = await startWithFolder()
    const { files } = server.deps
    const { source, begun, open } = gated()
    const label = { name: 'a.txt', purpose: 'user_data', sessionId }
    const adding = files.add('user-1', source, () => label)
    await begun
    await files.removeAll('user-1', removed)
    open()
    if (isGone) await expect(adding).rejects.toMatchObject({ code: 'cancelled' })
    else expect(await adding).toMatchObject({ bytes: 11 })
    expect(await filesOnDisk(uploads)).toHaveLength(isGone ? 0 : 1)
    const { files: left } = await files.list('user-1', { order: 'asc', limit: 9 })
    expect(left).toHaveLength(isGone ? 0 : 1)
  })

  test('the empty folder of its owner may be swept away', async () => {
    const { server, uploads } = await startWithFolder()
    const { files } = server.deps
    const { source, begun, open } = gated()
    const adding = files.add('user-1', source, () => ({ name: 'a.txt', purpose: 'user_data' }))
    await begun
    for (const name of await readdir(uploads))
      if (!name.startsWith('.')) await rm(join(uploads, name), { recursive: true })
    open()
    expect(await adding).toMatchObject({ bytes: 11 })
  })
})

describe('names are labels', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['/etc/shadow', 'shadow'],
    [String.raw`C:\Windows\evil.exe`, 'evil.exe'],
    ['..', 'file'],
    ['...', 'file'],
    ['a/..', 'file'],
    ['.bashrc', '.bashrc'],
    ['a\u202Egnp.exe', 'agnp.exe'],
    ['tab\there\u0000.txt', 'tabhere.txt'],
    ['%2e%2e%2fx', '%2e%2e%2fx'],
    ['naïve – 文件.csv', 'naïve – 文件.csv'],
  ])('%j is %j', async (name, label) => {
    const { server, uploads } = await startWithFolder()
    const { artifacts } = server.deps
    const made = await artifacts.save({ owner: 'user-1', name, bytes: Buffer.from('x') })
    expect(made.name).toBe(label)
    expect(await filesOnDisk(uploads)).toEqual([made.fileId])
    const sent = await stored(await upload(server, 'x', { name: name.replace('\u0000', '') }))
    expect(sent.filename).toBe(label)
    const content = await server.fetch(`/files/${sent.id}/content`)
    expect(content.status).toBe(200)
    expect(content.headers.get('content-disposition')).toMatch(
      /^attachment; filename=("[^"\r\n]*"|[^\s";]+)(; filename\*=UTF-8''[\w.%-]+)?$/,
    )
    await content.arrayBuffer()
  })

  test('long ones keep their extension', async () => {
    const file = await stored(await upload(lasting, 'x', { name: `${'文'.repeat(300)}.csv` }))
    expect(Buffer.byteLength(file.filename)).toBeLessThanOrEqual(200)
    expect(file.filename).toMatch(/^文+\.csv$/)
  })

  test.each(['../tools.db', '..%2F..%2Ftools.db', '.incoming', 'constructor', '%00'])(
    'ids are only looked up: %s',
    async (id) => {
      const response = await lasting.fetch(`/files/${encodeURIComponent(id)}/content`)
      expect(response.status).toBe(404)
    },
  )

  test.each(['.', '..', '...', 'a/../b', '?a', '#'])(
    'nor do they lead the main API anywhere else: %s',
    async (id) => {
      const client = createToolsClient({ baseUrl: lasting.url, secret })
      const { files, functions } = client
      const [claims, options] = [{ sub: 'user-1' }, { signal: new AbortController().signal }]
      const noFile = { code: 'file_not_found' }
      await expect(files.get(claims, id, options)).rejects.toMatchObject(noFile)
      await expect(files.content(claims, id, options)).rejects.toMatchObject(noFile)
      await expect(files.remove(claims, id, options)).rejects.toMatchObject(noFile)
      const noFunction = { code: 'function_not_found' }
      await expect(functions.remove(claims, id, options)).rejects.toMatchObject(noFunction)
      await client.close()
    },
  )
})

describe('types come from the bytes', () => {
  test.each<[string, string | Buffer, string]>([
    ['page.png', '<!DOCTYPE html><script>alert(1)</script>', 'text/html'],
    ['page.txt', '  <html><body>', 'text/html'],
    ['picture.html', png, 'image/png'],
    ['drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['data.csv', 'a,b\n1,2\n', 'text/csv'],
    ['data.json', '{"a":1}', 'application/json'],
    ['program.py', 'print(1)', 'text/x-python'],
    ['none', 'plain', 'text/plain'],
    ['text.txt', Buffer.from([0, 1, 2, 3, 255]), 'application/octet-stream'],
    ['bomb.zip', Buffer.from('PK\u0003\u0004'), 'application/zip'],
    ['bomb.gz', gzipSync(Buffer.alloc(50 * 2 ** 20)), 'application/gzip'],
  ])('%s', async (name, content, type) => {
    const file = await stored(await upload(lasting, content, { name }))
    expect(file.media_type).toBe(type)
    expect(file.bytes).toBe(Buffer.from(content).length)
  })
})

describe('what is refused leaves nothing', () => {
  test.each<[string, { content: string; options?: UploadOptions; expected: [number, string] }]>([
    ['no bytes', { content: '', expected: [400, 'invalid_request'] }],
    ['too many bytes', { content: 'x'.repeat(2001), expected: [413, 'request_too_large'] }],
    [
      'a bad purpose',
      {
        content: 'x',
        options: { fields: { purpose: '<script>' }, fieldsFirst: false },
        expected: [400, 'invalid_request'],
      },
    ],
    [
      'a bad end',
      {
        content: 'x',
        options: { fields: { 'expires_after[seconds]': '-1' } },
        expected: [400, 'invalid_request'],
      },
    ],
  ])('%s', async (_, { content, options, expected }) => {
    const { server, uploads } = await startWithFolder({ fileLimitBytes: 2000 })
    expect(await codeOf(await upload(server, content, options))).toEqual(expected)
    expect(await filesOnDisk(uploads)).toEqual([])
    expect(await server.deps.db.files.use('user-1')).toEqual({ bytes: 0, files: 0 })
  })

  test('bodies that are no form, or hold no file', async () => {
    const server = await startServer()
    const post = (body: NonNullable<RequestInit['body']>, type?: string) =>
      server.fetch('/files', {
        method: 'POST',
        body,
        ...(type !== undefined && { headers: { 'content-type': type } }),
      })
    expect(await codeOf(await post('{}', 'application/json'))).toEqual([
      415,
      'unsupported_media_type',
    ])
    expect(await codeOf(await post('x', 'multipart/form-data'))).toEqual([
      415,
      'unsupported_media_type',
    ])
    const broken = await post('--b\r\nnothing', 'multipart/form-data; boundary=b')
    expect(broken.status).toBe(400)
    const form = new FormData()
    form.append('purpose', 'assistants')
    form.append('other', new Blob(['x']), 'x.txt')
    expect(await codeOf(await post(form))).toEqual([400, 'missing_parameter'])
  })

  test('an upload that breaks off', async () => {
    const { server, uploads } = await startWithFolder({ fileQuotaBytes: 3 * 2 ** 20 })
    for (let time = 0; time < 3; time += 1) {
      await breakOff(server, Buffer.alloc(2 * 2 ** 20))
      await until(async () => (await filesOnDisk(uploads)).length === 0)
    }
    // No quota leaked: what fits the quota still fits.
    await stored(await upload(server, Buffer.alloc(2 * 2 ** 20, 1)))
  })

  test('what a killed process left, and nothing that is in use', async () => {
    const { server, uploads } = await startWithFolder()
    const file = await stored(await upload(server, 'kept'))
    const [folder] = (await readdir(uploads)).filter((name) => !name.startsWith('.'))
    const orphan = join(uploads, folder!, 'file-orphan')
    const draft = join(uploads, '.incoming', 'abc')
    const fresh = join(uploads, '.incoming', 'def')
    const emptied = join(uploads, 'a'.repeat(32))
    await mkdir(emptied)
    for (const path of [orphan, draft, fresh]) await writeFile(path, 'x')
    const longAgo = new Date(Date.now() - 60_000)
    for (const path of [orphan, draft, emptied]) await utimes(path, longAgo, longAgo)
    await server.deps.files.sweep(Date.now() - 30_000)
    expect((await filesOnDisk(uploads)).toSorted()).toEqual(['def', file.id].toSorted())
    expect(existsSync(emptied)).toBe(false)
  })
})

test('folders and files are readable by their owner alone', async () => {
  const { server, uploads } = await startWithFolder()
  const file = await stored(await upload(server, 'x'))
  const [folder] = (await readdir(uploads)).filter((name) => !name.startsWith('.'))
  expect((await stat(join(uploads, folder!))).mode & 0o777).toBe(0o700)
  expect((await stat(join(uploads, folder!, file.id))).mode & 0o777).toBe(0o600)
})

test('bytes that have vanished are a clear error', async () => {
  const { server, uploads } = await startWithFolder()
  const file = await stored(await upload(server, 'x'))
  await rm(uploads, { recursive: true })
  const response = await server.fetch(`/files/${file.id}/content`)
  expect(await codeOf(response)).toEqual([503, 'storage_unavailable'])
})

/** Sends the head of a form and some bytes of its file, then hangs up. */
async function breakOff(server: TestServer, bytes: Buffer): Promise<void> {
  const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'
  const sending = request(`${server.url}/files`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${signServiceToken({ sub: 'user-1' }, secret)}`,
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': String(head.length + bytes.length * 2),
    },
  })
  sending.on('error', () => undefined)
  sending.write(head)
  await new Promise((resolve) => sending.write(bytes, resolve))
  await sleep(50)
  sending.destroy()
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('Not within 5 s.')
    await sleep(20)
  }
}
