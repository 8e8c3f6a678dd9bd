import { describe, expect, test } from '@jest/globals'
import { AppError, parseInput, type ToolProgress, type ToolResult } from '@tandem/schemas'
import { z } from 'zod'
import { fromParameters } from './arguments.ts'
import { defineTool, textResult, type Tool, type ToolContext } from './index.ts'

const traits = { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 1000 }
const context: ToolContext = { owner: 'u1', callId: 'c1', models: { baseUrl: '', token: '' } }
const schema = z.object({
  city: z.string().min(1).describe('Name of a city.'),
  days: z.number().int().max(7).default(1),
  places: z.array(z.strictObject({ id: z.number() })).optional(),
})

const weather = defineTool({
  name: 'weather',
  description: 'Tells the weather.',
  schema,
  traits,
  async *run({ city, days }) {
    yield { message: 'looking' }
    return textResult(`${city}: ${days} days of rain`)
  },
})

function refusalOf(tool: Pick<Tool, 'parse'>, input: unknown): { code: string; param?: string } {
  try {
    tool.parse(input)
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, param: error.param }
  }
  throw new Error('It was not refused.')
}

async function drive(
  running: AsyncGenerator<ToolProgress, ToolResult>,
): Promise<{ progress: ToolProgress[]; result: ToolResult }> {
  const progress: ToolProgress[] = []
  for (;;) {
    const step = await running.next()
    if (step.done) return { progress, result: step.value }
    progress.push(step.value)
  }
}

describe('parameters', () => {
  test('are plain JSON Schema: no $schema, no unknown keys, defaults optional, descriptions kept', () => {
    expect(weather.parameters).toEqual({
      type: 'object',
      properties: {
        city: { type: 'string', minLength: 1, description: 'Name of a city.' },
        days: {
          type: 'integer',
          minimum: Number.MIN_SAFE_INTEGER,
          maximum: 7,
          default: 1,
        },
        places: {
          type: 'array',
          items: {
            type: 'object',
            properties: { id: { type: 'number' } },
            required: ['id'],
            additionalProperties: false,
          },
        },
      },
      required: ['city'],
      additionalProperties: false,
    })
  })
})

// What the main API checks with must refuse the same as what the tools server checks with.
const remote = {
  parse: (input: unknown) => parseInput(fromParameters(weather.parameters), input),
}

describe.each([
  ['where it is defined', weather],
  ['read back from its parameters', remote],
])('parse, %s', (_, tool) => {
  test('gives defaults', () => {
    expect(tool.parse({ city: 'Rome' })).toEqual({ city: 'Rome', days: 1 })
  })

  test.each([
    ['a missing argument', {}, { code: 'missing_parameter', param: 'city' }],
    ['a wrong type', { city: 7 }, { code: 'invalid_request', param: 'city' }],
    ['a value out of range', { city: 'Rome', days: 8 }, { code: 'invalid_request', param: 'days' }],
    ['a number as text', { city: 'Rome', days: '3' }, { code: 'invalid_request', param: 'days' }],
    [
      'a deep fault',
      { city: 'R', places: [{ id: 1 }, { id: 'x' }] },
      { code: 'invalid_request', param: 'places[1].id' },
    ],
    ['an unknown key', { city: 'Rome', mood: 'good' }, { code: 'invalid_request', param: 'mood' }],
    [
      'constructor',
      { city: 'Rome', constructor: 1 },
      { code: 'invalid_request', param: 'constructor' },
    ],
  ])('refuses %s with its exact path', (_, input, refusal) => {
    expect(refusalOf(tool, input)).toEqual(refusal)
  })

  test.each([[undefined], [null], ['{"city":"Rome"}'], [[{ city: 'Rome' }]], [3]])(
    'refuses %j, which is no object',
    (input) => {
      expect(['invalid_request', 'missing_parameter']).toContain(refusalOf(tool, input).code)
    },
  )
})

test('parameters that zod cannot read still demand an object', () => {
  const schema = fromParameters({ type: 'object', properties: { a: { $ref: 'https://x/y' } } })
  expect(schema.safeParse({ a: 1 }).success).toBe(true)
  expect(schema.safeParse('a').success).toBe(false)
})

describe('run', () => {
  const options = { signal: new AbortController().signal }

  test('passes progress and result of a generator through', async () => {
    const { progress, result } = await drive(
      weather.run({ city: 'Rome', days: 2 }, context, options),
    )
    expect(progress).toEqual([{ message: 'looking' }])
    expect(result.content).toBe('Rome: 2 days of rain')
  })

  test.each([
    ['a plain function', () => textResult('done')],
    ['an async function', async () => textResult('done')],
  ])('takes %s', async (_, run) => {
    const tool = defineTool({ name: 'plain', description: '', schema: z.object({}), traits, run })
    const { progress, result } = await drive(tool.run({}, context, options))
    expect(progress).toEqual([])
    expect(result).toEqual({ content: 'done', artifacts: [], citations: [] })
  })

  test('leaving early reaches the finally of the generator', async () => {
    let closed = false
    const tool = defineTool({
      name: 'long',
      description: '',
      schema: z.object({}),
      traits,
      async *run() {
        try {
          yield { message: 'working' }
          return textResult('never')
        } finally {
          closed = true
        }
      },
    })
    for await (const _ of tool.run({}, context, options)) break
    expect(closed).toBe(true)
  })
})

test('is available unless it says otherwise', () => {
  expect(weather.available()).toEqual({ ok: true })
  const missing = { ok: false, reason: 'No key.', remedy: 'Set KEY.' } as const
  const tool = defineTool({
    name: 'search',
    description: '',
    schema: z.object({}),
    traits,
    available: () => missing,
    run: () => textResult(''),
  })
  expect(tool.available()).toEqual(missing)
})

test.each(['Weather', '1st', 'get-time', '', 'a'.repeat(65)])('refuses the name %j', (name) => {
  const define = () =>
    defineTool({ name, description: '', schema: z.object({}), traits, run: () => textResult('') })
  expect(define).toThrow(AppError)
})
