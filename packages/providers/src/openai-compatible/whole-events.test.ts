import { describe, expect, it } from '@jest/globals'
import { fixtureNames, loadFixture, splitEvents } from '@tandem/testing'
import { createPipeline } from '../byte-stream.ts'
import { wholeEvents } from './whole-events.ts'

function pass(chunks: Iterable<Buffer | string>, writes: Buffer[]): void {
  const pipeline = createPipeline()
  pipeline.add(wholeEvents())
  for (const chunk of chunks) pipeline.take(Buffer.from(chunk), writes)
  pipeline.end(writes)
}

function passed(...chunks: (Buffer | string)[]): { writes: Buffer[]; error: unknown } {
  const writes: Buffer[] = []
  try {
    pass(chunks, writes)
    return { writes, error: undefined }
  } catch (error) {
    return { writes, error }
  }
}

const streams = fixtureNames.filter((name) => name.endsWith('.sse'))
const finished = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
const text = 'data: {"choices":[{"delta":{"content":"x"},"finish_reason":null}]}\n\n'
const done = 'data: [DONE]\n\n'

describe.each(streams)('%s', (name) => {
  const bytes = loadFixture(name)
  const boundaries = new Set<number>([0])
  for (const event of splitEvents(bytes)) boundaries.add([...boundaries].at(-1)! + event.length)

  it('comes out as it went in, cut at any byte, and only in whole events', () => {
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const { writes, error } = passed(bytes.subarray(0, cut), bytes.subarray(cut))
      if (error) throw error
      if (!Buffer.concat(writes).equals(bytes)) throw new Error(`changed when cut at ${cut}`)
      if (!boundaries.has(writes[0]!.length)) throw new Error(`half an event when cut at ${cut}`)
    }
  })

  it('comes out as it went in, a byte at a time, one write an event', () => {
    const { writes, error } = passed(...Array.from(bytes, (byte) => Buffer.from([byte])))
    expect(error).toBeUndefined()
    expect(writes.map(String)).toEqual(splitEvents(bytes).map(String))
  })
})

describe('the end of a stream', () => {
  it('may lack its last blank line', () => {
    const { writes, error } = passed(text, finished, 'data: [DONE]')
    expect(error).toBeUndefined()
    expect(Buffer.concat(writes).toString()).toBe(text + finished + done)
  })

  it('gets the [DONE] that a finished upstream forgot', () => {
    const { writes, error } = passed(text, finished)
    expect(error).toBeUndefined()
    expect(Buffer.concat(writes).toString()).toBe(text + finished + done)
  })

  it('finds the finish_reason beside a later usage event in the same piece', () => {
    const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n'
    const { writes, error } = passed(text + finished + usage)
    expect(error).toBeUndefined()
    expect(Buffer.concat(writes).toString()).toBe(text + finished + usage + done)
  })

  it('is not asked for a second [DONE] when a comment follows the first', () => {
    const { writes } = passed(text, finished, done, ': bye\n\n')
    expect(Buffer.concat(writes).toString()).toBe(`${text}${finished}${done}: bye\n\n`)
  })

  it('is an error event of the upstream as well', () => {
    const error = 'data: {"error":{"message":"crashed"}}\n\n'
    expect(passed(text, error)).toEqual({
      writes: [Buffer.from(text), Buffer.from(error)],
      error: undefined,
    })
  })

  it.each([
    ['nothing at all', []],
    ['before any finish_reason', [text, text]],
    ['in the middle of an event', [text, 'data: {"choices":[{"del']],
    ['in the middle of a character', [text, Buffer.from('data: {"choices":"é"}').subarray(0, -3)]],
    ['in a finishing event', [text, finished.slice(0, -5)]],
    [
      'with words that only sound like an end',
      [text, String.raw`data: {"c":"\"finish_reason\":\"stop\" [DONE]"}` + '\n\n'],
    ],
  ])('is an error when it comes too early: %s', async (_name, chunks) => {
    const { writes, error } = passed(...chunks)
    expect(error).toMatchObject({ code: 'upstream_interrupted', spent: true })
    expect(Buffer.concat(writes).toString()).not.toContain('[DONE]\n')
    for (const write of writes) expect(write.toString()).toMatch(/\n\n$/)
  })
})

it('keeps CRLF', () => {
  const crlf = (text + finished + done).replaceAll('\n', '\r\n')
  for (let cut = 1; cut < crlf.length; cut += 1) {
    const { writes, error } = passed(crlf.slice(0, cut), crlf.slice(cut))
    expect(error).toBeUndefined()
    expect(Buffer.concat(writes).toString()).toBe(crlf)
  }
})

it('gives up on an event without end', () => {
  const { error } = passed('data: ', ...Array.from({ length: 18 }, () => 'x'.repeat(2 ** 20)))
  expect(error).toMatchObject({ code: 'upstream_invalid_response' })
})
