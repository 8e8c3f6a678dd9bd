import { expect, test } from '@jest/globals'
import type { LanguageModel } from '@tandem/providers'
import { defineTool, textResult, type Tool } from '@tandem/tools'
import { z } from 'zod'
import { paceModel, paceTool } from './pace.ts'
import { createStagger } from './stagger.ts'

const { signal } = new AbortController()

/** How many of `count` begin in the busiest round of the event loop. */
async function busiestRound(count: number, begin: (began: () => void) => Promise<void>) {
  let round = 0
  const rounds: number[] = []
  const tick = (): void => {
    round += 1
    next = setImmediate(tick)
  }
  let next = setImmediate(tick)
  await Promise.all(Array.from({ length: count }, () => begin(() => void rounds.push(round))))
  clearImmediate(next)
  expect(rounds).toHaveLength(count)
  return Math.max(...rounds.map((one) => rounds.filter((other) => other === one).length))
}

test('models that are asked at once are asked one in each round of the event loop', async () => {
  const takeTurn = createStagger()
  const ask = async (began: () => void): Promise<void> => {
    const model = {
      provider: 'scripted',
      id: 'one',
      capabilities: { tools: 'native', images: false, jsonSchema: false, reasoning: false },
      async *stream() {
        began()
        yield { type: 'finish', reason: 'stop' }
      },
    } as LanguageModel
    const events = paceModel(model, takeTurn).stream({ messages: [] }, { signal })
    for await (const event of events) expect(event).toEqual({ type: 'finish', reason: 'stop' })
  }
  expect(await busiestRound(20, ask)).toBe(1)
})

test('tools that are called at once are called one in each round, and keep their results', async () => {
  const takeTurn = createStagger()
  const call = async (began: () => void): Promise<void> => {
    const tool = defineTool({
      name: 'clock',
      description: 'Tells the time.',
      schema: z.object({}),
      traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 5000 },
      run() {
        began()
        return textResult('12:00')
      },
    }) as Tool
    const context = { owner: 'user', callId: 'call', models: { baseUrl: '', token: '' } }
    const { value } = await paceTool(tool, takeTurn).run({}, context, { signal }).next()
    expect(value).toMatchObject({ content: '12:00' })
  }
  expect(await busiestRound(20, call)).toBe(1)
})
