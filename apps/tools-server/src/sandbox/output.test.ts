import { PassThrough } from 'node:stream'
import { expect, test } from '@jest/globals'
import { collectOutput } from './output.ts'

async function collect(chunks: readonly string[], kept: number, max = 1e9) {
  const stream = new PassThrough()
  let tooMuch = 0
  const output = collectOutput(stream, { kept, max, onTooMuch: () => (tooMuch += 1) })
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await new Promise((resolve) => stream.on('close', resolve))
  return { text: output.text(), tooMuch }
}

test('short output is whole', async () => {
  expect((await collect(['ab', 'cd', 'ef', 'gh'], 8)).text).toBe('abcdefgh')
})

test('of long output the head and the tail are kept', async () => {
  const lines = Array.from({ length: 10_000 }, (_, n) => `line ${n}\n`)
  const { text } = await collect(lines, 400)
  expect(text.startsWith('line 0\n')).toBe(true)
  expect(text.endsWith('line 9999\n')).toBe(true)
  expect(text).toMatch(/\[… \d+ bytes are left out …\]/)
  expect(text.length).toBeLessThan(500)
})

test('more than the limit is told', async () => {
  expect((await collect(['x'.repeat(50), 'x'.repeat(51)], 10, 100)).tooMuch).toBe(1)
  expect((await collect(['x'.repeat(50), 'x'.repeat(50)], 10, 100)).tooMuch).toBe(0)
})
