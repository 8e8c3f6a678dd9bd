import { describe, expect, test } from '@jest/globals'
import { AppError, type ErrorCode } from '@tandem/schemas'
import { collect } from '../collect.ts'
import type { LanguageModel, ModelEvent, RelayRequest } from '../types.ts'
import { withRetry, type RetryOptions } from './retry.ts'

const signal = new AbortController().signal
const request = { messages: [] }
const quick: RetryOptions = { baseDelayMs: 1 }
const start: ModelEvent = { type: 'start', id: 'x', model: 'm' }
const hello: ModelEvent = { type: 'text-delta', text: 'hello' }
const finish: ModelEvent = { type: 'finish', reason: 'stop' }

/** Plays one script a try; an Error in it is thrown. */
function modelOf(...tries: (ModelEvent | Error)[][]): LanguageModel & { asked: number } {
  const model = {
    provider: 'p',
    id: 'm',
    capabilities: { tools: 'native' as const, images: false, jsonSchema: false, reasoning: false },
    asked: 0,
    async *stream(): AsyncGenerator<ModelEvent> {
      model.asked += 1
      for (const step of tries[Math.min(model.asked, tries.length) - 1] ?? []) {
        if (step instanceof Error) throw step
        yield step
      }
    },
  }
  return model
}

const passing: ErrorCode[] = [
  'rate_limit_exceeded',
  'upstream_unreachable',
  'upstream_error',
  'upstream_interrupted',
  'upstream_timeout',
]

describe('stream', () => {
  test.each(passing)('%s before the first token is tried again', async (code) => {
    const model = modelOf([new AppError(code)], [start, new AppError(code)], [start, hello, finish])
    const events: ModelEvent[] = []
    for await (const event of withRetry(model, quick).stream(request, { signal }))
      events.push(event)
    expect(events).toEqual([start, hello, finish])
    expect(model.asked).toBe(3)
  })

  test('three tries, then the error, which says that it was tried enough', async () => {
    const model = modelOf([new AppError('upstream_error', { message: 'Down.', details: { a: 1 } })])
    const failed = collect(withRetry(model, quick).stream(request, { signal }))
    await expect(failed).rejects.toMatchObject({
      code: 'upstream_error',
      message: 'Down.',
      spent: true,
      details: { a: 1 },
    })
    expect(model.asked).toBe(3)
  })

  test.each<ModelEvent>([
    hello,
    { type: 'reasoning-delta', text: 'hm' },
    { type: 'tool-call-start', index: 0, id: 'c', name: 'f' },
  ])('after $type nothing is tried again', async (event) => {
    const error = new AppError('upstream_interrupted')
    const model = modelOf([start, event, error])
    await expect(collect(withRetry(model, quick).stream(request, { signal }))).rejects.toBe(error)
    expect(model.asked).toBe(1)
  })

  test.each<ErrorCode>([
    'invalid_request',
    'upstream_credentials',
    'context_length_exceeded',
    'model_not_found',
    'upstream_invalid_response',
  ])('%s does not pass by waiting', async (code) => {
    const error = new AppError(code)
    const model = modelOf([error])
    await expect(collect(withRetry(model, quick).stream(request, { signal }))).rejects.toBe(error)
    expect(model.asked).toBe(1)
  })

  test('waits as long as the provider says', async () => {
    const model = modelOf(
      [new AppError('rate_limit_exceeded', { retryAfterMs: 60 })],
      [hello, finish],
    )
    const before = performance.now()
    await collect(withRetry(model, quick).stream(request, { signal }))
    expect(performance.now() - before).toBeGreaterThanOrEqual(55)
  })

  test("a wait that is too long is the caller's to decide on", async () => {
    const model = modelOf([new AppError('rate_limit_exceeded', { retryAfterMs: 9000 })])
    const failed = collect(withRetry(model, quick).stream(request, { signal }))
    await expect(failed).rejects.toMatchObject({ retryAfterMs: 9000, spent: false })
    expect(model.asked).toBe(1)
  })

  test('no try begins after the time for it', async () => {
    const model = modelOf([new AppError('upstream_error')])
    const hurried = withRetry(model, { baseDelayMs: 50, maxElapsedMs: 10 })
    await expect(collect(hurried.stream(request, { signal }))).rejects.toThrow()
    expect(model.asked).toBe(1)
  })

  test('cancelling ends the wait with the reason', async () => {
    const controller = new AbortController()
    const reason = new Error('gone')
    const model = modelOf([new AppError('rate_limit_exceeded', { retryAfterMs: 5000 })])
    const failed = collect(withRetry(model).stream(request, { signal: controller.signal }))
    setTimeout(() => controller.abort(reason), 10)
    await expect(failed).rejects.toBe(reason)
    expect(model.asked).toBe(1)
  })

  test('leaving early closes the model', async () => {
    let closed = false
    const model = modelOf()
    model.stream = async function* () {
      try {
        yield hello
        yield hello
      } finally {
        closed = true
      }
    }
    for await (const _ of withRetry(model).stream(request, { signal })) break
    expect(closed).toBe(true)
  })
})

describe('relay', () => {
  const relayed = {} as RelayRequest

  test('is tried again until it answers', async () => {
    let asked = 0
    const answer = { kind: 'whole' as const, body: Buffer.from('{}') }
    const model: LanguageModel = {
      ...modelOf(),
      relay: async () => {
        asked += 1
        if (asked < 3) throw new AppError('upstream_error')
        return answer
      },
    }
    expect(await withRetry(model, quick).relay?.(relayed, { signal })).toBe(answer)
  })

  test('is not made up where a model has none', () => {
    expect(withRetry(modelOf()).relay).toBeUndefined()
  })
})
