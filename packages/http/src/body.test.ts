import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { RequestHandler } from 'express'
import { parseJsonObject, readBody } from './body.ts'
import { createApp } from './create-app.ts'
import { errorHandler, notFound } from './errors.ts'
import { listen, type RunningServer } from './listen.ts'
import { createOpenRequests, requestContext } from './request-context.ts'

const limit = 1000
let server: RunningServer
const reported: unknown[] = []

function echo(): RequestHandler {
  return async (req, res) => {
    res.end(await readBody(req, limit))
  }
}

beforeAll(async () => {
  const app = createApp()
  app.use(requestContext(createOpenRequests()))
  app.post('/echo', echo())
  app.use(notFound(app))
  app.use(errorHandler((error) => void reported.push(error)))
  server = await listen(app, { host: '127.0.0.1', port: 0 })
})
afterAll(() => server.close())

const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/echo`, { method: 'POST', body: Buffer.from(body), headers })

async function* endless(): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < 200; sent += 1) yield Buffer.alloc(2 ** 16)
}

describe('readBody', () => {
  it.each([
    ['identity', (text: string) => Buffer.from(text)],
    ['gzip', (text: string) => gzipSync(text)],
    ['GZIP', (text: string) => gzipSync(text)],
    ['deflate', (text: string) => deflateSync(text)],
    ['br', (text: string) => brotliCompressSync(text)],
  ])('reads %s', async (encoding, pack) => {
    const response = await post(pack('Grüße 👋'), { 'content-encoding': encoding })
    expect(await response.text()).toBe('Grüße 👋')
  })

  it('takes exactly the limit and not a byte more', async () => {
    expect((await post('x'.repeat(limit))).status).toBe(200)
    const response = await post('x'.repeat(limit + 1))
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({
      error: {
        message: 'The body is larger than 1000 bytes.',
        type: 'invalid_request_error',
        param: null,
        code: 'request_too_large',
      },
    })
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('stops unpacking a bomb: %s', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(50 * 2 ** 20))
    const response = await post(bomb, { 'content-encoding': encoding })
    expect(response.status).toBe(413)
    expect((await post('still there')).status).toBe(200)
  })

  it('stops reading a body of unknown length', async () => {
    const sending = fetch(`${server.url}/echo`, { method: 'POST', body: endless(), duplex: 'half' })
    // The rest is not read: a client may see the answer or the closed connection first.
    const status = await sending.then((response) => response.status).catch(() => 413)
    expect(status).toBe(413)
  })

  it('tells what it cannot read', async () => {
    expect((await post('x', { 'content-encoding': 'zstd' })).status).toBe(415)
    expect((await post('no gzip', { 'content-encoding': 'gzip' })).status).toBe(400)
    expect(
      (await post(gzipSync('cut off').subarray(0, 12), { 'content-encoding': 'gzip' })).status,
    ).toBe(400)
  })
})

describe('parseJsonObject', () => {
  it('reads an object', () => {
    expect(parseJsonObject(Buffer.from(' {"a":[1]}\n'))).toEqual({ a: [1] })
  })

  it.each(['', ' ', '{', '[]', '5', 'null', '"x"', '{"a":1}{', 'undefined'])(
    'refuses %j',
    (text) => {
      let thrown: unknown
      try {
        parseJsonObject(Buffer.from(text))
      } catch (error) {
        thrown = error
      }
      expect(thrown).toMatchObject({ code: 'invalid_json', status: 400 })
    },
  )
})
