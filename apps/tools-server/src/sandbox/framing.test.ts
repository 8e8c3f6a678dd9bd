import { PassThrough } from 'node:stream'
import { expect, test } from '@jest/globals'
import { createFrameReader, writeFrame } from './framing.ts'

const file = { name: 'a', bytes: Buffer.from('content') }

test('frames come through in pieces of any size', async () => {
  const written = new PassThrough()
  writeFrame(written, { hello: 'wörld' }, [file])
  writeFrame(written, { next: true }, [])
  const bytes = written.read() as Buffer
  for (const size of [1, 3, bytes.length]) {
    const stream = new PassThrough()
    const reader = createFrameReader(stream)
    for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size))
    expect(await reader.header(100)).toEqual({ hello: 'wörld' })
    expect((await reader.bytes(7)).toString()).toBe('content')
    expect(await reader.header(100)).toEqual({ next: true })
  }
})

test('frames that are too large, broken off or no JSON are refused', async () => {
  const large = new PassThrough()
  large.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))
  await expect(createFrameReader(large).header(1000)).rejects.toThrow('too large')
  const broken = new PassThrough()
  broken.end(Buffer.from([0, 0, 0, 9, 0x7b]))
  await expect(createFrameReader(broken).header(1000)).rejects.toThrow('ended')
  const noJson = new PassThrough()
  noJson.write(Buffer.from([0, 0, 0, 1, 0x7b]))
  await expect(createFrameReader(noJson).header(1000)).rejects.toThrow(SyntaxError)
})
