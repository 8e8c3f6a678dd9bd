import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from '@jest/globals'
import { createResponseClass, keepHeader } from './kept-headers.ts'

let close: () => void
afterEach(() => close())

async function answer(
  write: (res: ServerResponse) => void,
  options = { ServerResponse: createResponseClass() },
): Promise<Response> {
  const server = createServer(options, (_req, res) => {
    keepHeader(res, 'x-a', '1')
    keepHeader(res, 'x-b', '2')
    keepHeader(res, 'x-a', '3')
    write(res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => server.close()
  return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

it.each<[string, (res: ServerResponse) => void]>([
  ['writeHead without headers', (res) => res.writeHead(201).end('x')],
  ['writeHead with an object', (res) => res.writeHead(201, { 'x-c': 4 }).end('x')],
  ['writeHead with a reason', (res) => res.writeHead(201, 'Made', { 'x-c': '4' }).end('x')],
  ['writeHead with a list', (res) => res.writeHead(201, ['x-c', '4']).end('x')],
  [
    'setHeader',
    (res) => {
      res.setHeader('x-c', '4')
      res.writeHead(201).end('x')
    },
  ],
  [
    'no head at all',
    (res) => {
      res.statusCode = 201
      res.end('x')
    },
  ],
])('kept headers are sent with %s', async (_, write) => {
  const { status, headers } = await answer(write)
  expect(status).toBe(201)
  expect(headers.get('x-a')).toBe('3')
  expect(headers.get('x-b')).toBe('2')
  expect([null, '4']).toContain(headers.get('x-c'))
})

it('a header that is set, or given with the head, goes first', async () => {
  const set = await answer((res) => {
    res.setHeader('X-A', 'mine')
    res.end('x')
  })
  expect(set.headers.get('x-a')).toBe('mine')
  close()
  const given = await answer((res) => res.writeHead(200, { 'x-a': 'mine' }).end('x'))
  expect(given.headers.get('x-a')).toBe('mine')
})

it('a value that would split the answer is refused', async () => {
  let thrown: unknown
  await answer((res) => {
    keepHeader(res, 'x-b', 'a\r\nset-cookie: b')
    try {
      res.writeHead(200)
    } catch (error) {
      thrown = error
      keepHeader(res, 'x-b', 'tame')
    }
    res.end('x')
  })
  expect(thrown).toMatchObject({ code: 'ERR_INVALID_CHAR' })
})

it('an ordinary response has them set', async () => {
  const response = await answer((res) => res.end('x'), {} as never)
  expect(response.headers.get('x-a')).toBe('3')
})
