import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { hear, type Patience } from './hear.ts'

const forever = new AbortController().signal
const patience = (more: Partial<Patience> = {}): Patience => ({
  signal: forever,
  deadline: forever,
  maxChars: 1000,
  ...more,
})

async function* say(pieces: Iterable<string>, left?: () => void): AsyncGenerator<string> {
  try {
    for (const piece of pieces) {
      await sleep(0)
      yield piece
    }
  } finally {
    left?.()
  }
}

function* endless(piece: (at: number) => string): Generator<string> {
  for (let at = 0; ; at += 1) yield piece(at)
}

async function* sayHalf({ signal }: { signal: AbortSignal }): AsyncGenerator<string> {
  yield 'half'
  await sleep(60_000, undefined, { signal })
}

async function* sayLate({ signal }: { signal: AbortSignal }): AsyncGenerator<string> {
  await sleep(60_000, undefined, { signal })
  yield 'late'
}

describe('what a model says is heard', () => {
  test('to its end', async () => {
    expect(await hear(() => say(['a', 'b']), patience())).toBe('ab')
  })

  test('until it has said far too much', async () => {
    let hasLeft = false
    const text = await hear(
      () =>
        say(
          endless((at) => `${at * 7919} `),
          () => (hasLeft = true),
        ),
      patience(),
    )
    expect(text.length).toBeLessThan(1010)
    expect(hasLeft).toBe(true)
  })

  test('until it says the same over and over', async () => {
    const head = Array.from({ length: 300 }, (_, at) => `w${at}`).join(' ')
    const pieces = [head, ...Array.from({ length: 5000 }, () => ' the bee is a bee and')]
    const text = await hear(() => say(pieces), patience({ maxChars: 90_000 }))
    expect(text.length).toBeLessThan(head.length + 3000)
  })

  test('as lists are, which repeat themselves too, but not in so many words', async () => {
    const slides = Array.from(
      { length: 40 },
      (_, at) =>
        `{"title":"Message ${at} of many","layout":"bullets","points":["First point ${at}","Second ${at * 3}"],"sources":[]},`,
    )
    expect(await hear(() => say(slides), patience({ maxChars: 90_000 }))).toBe(slides.join(''))
  })

  test('until the deadline, when half an answer is better than none', async () => {
    expect(await hear(sayHalf, patience({ deadline: AbortSignal.timeout(30) }))).toBe('half')
  })

  test('not at all where the deadline comes first', async () => {
    const heard = hear(sayLate, patience({ deadline: AbortSignal.timeout(30) }))
    await expect(heard).rejects.toMatchObject({ code: 'upstream_timeout' })
    const leaving = hear(sayLate, patience({ signal: AbortSignal.abort(new Error('left')) }))
    await expect(leaving).rejects.toThrow('left')
  })
})
