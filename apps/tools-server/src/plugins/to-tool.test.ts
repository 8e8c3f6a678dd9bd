import { describe, expect, it } from '@jest/globals'
import { toolDescriptionSchema, type ToolProgress, type ToolResult } from '@tandem/schemas'
import { defineTool, errorResult, textResult, type Tool } from '@tandem/tools'
import { z } from 'zod'
import { toTool } from './to-tool.ts'

const description = 'For tests.'
const context = { owner: 'u', callId: 'c', models: { baseUrl: '', token: '' } }
const { signal } = new AbortController()

async function runAll(tool: Tool, input: unknown = {}) {
  const running = tool.run(tool.parse(input), context, { signal })
  const progress: ToolProgress[] = []
  for (;;) {
    const step = await running.next()
    if (step.done) return { progress, result: step.value }
    progress.push(step.value)
  }
}

async function* inSteps() {
  yield { message: 'half', fraction: 0.5 }
  return 'done'
}

describe('what GET /tools says of it is whole', () => {
  it.each<[string, object]>([
    ['the short form', { run: () => 'ok' }],
    ['a parse of its own', { parse: (input: unknown) => input, run: () => 'ok' }],
    ['traits in part', { traits: { readOnly: true }, run: () => 'ok' }],
    ['an available() of one word', { available: () => true, run: () => 'ok' }],
    [
      'an available() that throws',
      {
        available() {
          throw new Error('secret detail')
        },
        run: () => 'ok',
      },
    ],
  ])('%s', (_, plugin) => {
    const tool = toTool({ name: 'mine', description, ...plugin })
    const { name, parameters, traits } = tool
    const available = tool.available()
    const told = { name, description, parameters, traits, available, source: 'plugin' }
    expect(toolDescriptionSchema.parse(JSON.parse(JSON.stringify(told)))).toEqual(told)
    expect(JSON.stringify(available)).not.toContain('secret')
    expect(available.ok).toBe(!('available' in plugin))
  })
})

describe('what it returns is a result', () => {
  const whole = { ...textResult('done', { data: { n: 1 } }), citations: [{ n: 1, title: 'T' }] }

  it.each<[string, () => unknown, Partial<ToolResult>]>([
    ['a text', () => 'done', { content: 'done' }],
    ['nothing', () => undefined, { content: 'null', data: null }],
    ['a value', () => Promise.resolve({ n: 1 }), { content: '{"n":1}', data: { n: 1 } }],
    ['a result', () => whole, whole],
    ['a failure', () => errorResult('no', 'No.'), { error: { code: 'no', retryable: false } }],
    ['half a result', () => ({ content: 'done' }), { data: { content: 'done' } }],
  ])('%s', async (_, run, expected) => {
    for (const parse of [undefined, (input: unknown) => input]) {
      const tool = toTool({ name: 'mine', description, run, ...(parse && { parse }) })
      expect((await runAll(tool)).result).toMatchObject(expected)
    }
  })

  it('also where it is a generator, with its progress', async () => {
    const { progress, result } = await runAll(toTool({ name: 'mine', description, run: inSteps }))
    expect(progress).toEqual([{ message: 'half', fraction: 0.5 }])
    expect(result.content).toBe('done')
  })
})

it('a tool of defineTool stays what it is', async () => {
  const traits = { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 1000 }
  const missing = { ok: false, reason: 'No key.', remedy: 'Set it.' } as const
  const tool = defineTool({
    name: 'mine',
    description,
    schema: z.object({ n: z.number() }),
    traits,
    available: () => missing,
    run: ({ n }) => textResult(String(n + 1)),
  })
  const loaded = toTool(tool)
  expect(loaded).toMatchObject({ name: 'mine', description, parameters: tool.parameters, traits })
  expect(loaded.available()).toEqual(missing)
  expect(() => loaded.parse({ n: 'one' })).toThrow("'n'")
  expect((await runAll(loaded, { n: 1 })).result.content).toBe('2')
})
