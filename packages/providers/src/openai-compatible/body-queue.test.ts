import { describe, expect, it } from '@jest/globals'
import { createBodyQueue, type BodyQueue } from './body-queue.ts'

interface Told {
  queue: BodyQueue
  told: string[]
}

function createQueue(): Told {
  const told: string[] = []
  const queue = createBodyQueue({
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
    abort: () => void told.push('abort'),
  })
  return { queue, told }
}

async function readAll(queue: BodyQueue): Promise<{ pieces: string[]; error: unknown }> {
  const pieces: string[] = []
  try {
    for await (const bytes of queue) pieces.push(bytes.toString())
    return { pieces, error: undefined }
  } catch (error) {
    return { pieces, error }
  }
}

const upper = { take: (bytes: Buffer) => Buffer.from(bytes.toString().toUpperCase()) }

describe('the queue', () => {
  it('hands on what came before the reader and what comes after it', async () => {
    const { queue } = createQueue()
    queue.push(Buffer.from('a'))
    const read = readAll(queue)
    await Promise.resolve()
    queue.push(Buffer.from('b'))
    queue.push(Buffer.from('c'))
    queue.end()
    expect(await read).toEqual({ pieces: ['a', 'b', 'c'], error: undefined })
  })

  it('throws a failure behind the bytes that came before it', async () => {
    const { queue, told } = createQueue()
    queue.push(Buffer.from('a'))
    queue.fail(new Error('reset'))
    expect(await readAll(queue)).toEqual({ pieces: ['a'], error: new Error('reset') })
    expect(told).toEqual([])
  })

  it('pauses the sender above 64 KiB and resumes it when half of that is read', async () => {
    const { queue, told } = createQueue()
    for (let count = 0; count < 5; count += 1) queue.push(Buffer.alloc(16 * 1024))
    expect(told).toEqual(['pause'])
    expect(queue.isPaused()).toBe(true)
    const reader = queue[Symbol.asyncIterator]()
    await reader.next()
    await reader.next()
    expect(told).toEqual(['pause'])
    await reader.next()
    await reader.next()
    expect(told).toEqual(['pause', 'resume'])
  })

  it('aborts the sender when the reader leaves, and keeps nothing more', async () => {
    const { queue, told } = createQueue()
    queue.push(Buffer.from('a'))
    for await (const _bytes of queue) break
    expect(told).toEqual(['abort'])
    queue.push(Buffer.alloc(2 ** 20))
    expect(told).toEqual(['abort'])
  })
})

describe('its stages', () => {
  it('see also the bytes that came before they were added', async () => {
    const { queue } = createQueue()
    queue.push(Buffer.from('a'))
    queue.through(upper)
    queue.push(Buffer.from('b'))
    queue.end()
    expect((await readAll(queue)).pieces).toEqual(['A', 'B'])
  })

  it('may hold bytes back, make several of them and add some at the end', async () => {
    const { queue } = createQueue()
    const twice = {
      take: (bytes: Buffer) => (bytes.toString() === 'a' ? undefined : [bytes, bytes]),
      end: () => [Buffer.from('end')],
    }
    queue.through(twice).through(upper)
    for (const text of ['a', 'b', 'a', 'c']) queue.push(Buffer.from(text))
    queue.end()
    expect((await readAll(queue)).pieces).toEqual(['B', 'B', 'C', 'C', 'END'])
  })

  it('that throw abort the sender and end the stream, behind what they gave before', async () => {
    const { queue, told } = createQueue()
    queue.through({
      *take(bytes: Buffer) {
        yield bytes
        throw new Error('no more')
      },
    })
    queue.push(Buffer.from('a'))
    queue.push(Buffer.from('b'))
    expect(await readAll(queue)).toEqual({ pieces: ['a'], error: new Error('no more') })
    expect(told).toEqual(['abort'])
  })

  it('that throw at the end end it with that', async () => {
    const { queue, told } = createQueue()
    queue.through({
      take: (bytes) => bytes,
      end() {
        throw new Error('cut')
      },
    })
    queue.push(Buffer.from('a'))
    queue.end()
    expect(await readAll(queue)).toEqual({ pieces: ['a'], error: new Error('cut') })
    expect(told).toEqual([])
  })
})
