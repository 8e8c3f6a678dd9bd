import { MessageChannel } from 'node:worker_threads'
import { once } from 'node:events'
import { expect, it } from '@jest/globals'
import { isBulky, pack, unpack, type Parcel } from './parcel.ts'

async function send(value: unknown): Promise<unknown> {
  const parcel = await pack(value)
  const { port1, port2 } = new MessageChannel()
  const arrived = once(port2, 'message')
  port1.postMessage(parcel, parcel.strings ? [parcel.strings] : [])
  // In node the event of a port is its message.
  const [message] = (await arrived) as [Parcel]
  port1.close()
  return unpack(message)
}

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['a long string', 'Words, слова, 😀. '.repeat(200_000)],
  ['halves of characters at each cut', `x${'😀'.repeat(900_000)}`],
  ['many strings', Array.from({ length: 2000 }, (_, at) => ({ at, text: `${at} `.repeat(900) }))],
  ['short and empty ones', [{ a: '', b: null, c: undefined, d: [1, true], e: 'x'.repeat(4095) }]],
  ['the same twice', ['same '.repeat(300_000), 'same '.repeat(300_000)]],
])('arrives as it was: %s', async (_, value) => {
  expect(await send(value)).toEqual(value)
})

it('is worth it for much text alone', () => {
  expect(isBulky(['x', { a: 1 }, undefined])).toBe(false)
  expect(isBulky({ a: 'x'.repeat(600_000) })).toBe(true)
  expect(isBulky({ a: Array(700).fill('x'.repeat(1000)) })).toBe(true)
})
