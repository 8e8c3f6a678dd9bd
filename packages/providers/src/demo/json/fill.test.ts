import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { ask, callsOf, textOf, tool } from '../test/ask.ts'
import { textMatching } from './pattern.ts'

function format(schema: unknown): { responseFormat: { type: string; json_schema: unknown } } {
  return { responseFormat: { type: 'json_schema', json_schema: { name: 'answer', schema } } }
}

async function answer(question: string, schema: z.ZodType): Promise<unknown> {
  const text = await textOf(question, format(z.toJSONSchema(schema)))
  return schema.parse(JSON.parse(text))
}

describe('a schema is satisfied', () => {
  const awkward = z.object({
    code: z.string().regex(/^[A-Z]{3}-\d{4}$/),
    day: z.iso.date(),
    moment: z.iso.datetime(),
    id: z.uuid(),
    mail: z.email(),
    link: z.url(),
    pair: z.tuple([z.string(), z.number()]),
    flags: z.array(z.boolean()).min(2),
    none: z.array(z.string()).max(0),
    counts: z.record(z.string(), z.number()),
    fixed: z.literal('x'),
    kind: z.enum(['a', 'b']),
    either: z.union([z.object({ k: z.literal('one'), v: z.number() }), z.string()]),
    both: z.intersection(z.object({ l: z.string() }), z.object({ r: z.number() })),
    fives: z.number().multipleOf(5).min(7),
    long: z.string().min(40),
    short: z.string().max(2),
    between: z.number().gt(3).lt(4),
    whole: z.int().gt(3).lt(5),
    nothing: z.null(),
    maybe: z.string().nullable(),
    optional: z.string().optional(),
    deep: z.object({ er: z.object({ still: z.array(z.object({ on: z.boolean() })) }) }),
  })

  it.each([
    'hello',
    'I have 12 apples and -3.5 pears',
    'mail a@b.co on 2026-05-01, id: 7',
    '中文 "quoted" 🙂',
  ])('with every kind of constraint, for %j', async (question) => {
    await answer(question, awkward)
  })

  it('where it refers to itself', async () => {
    const tree = z.object({
      value: z.string(),
      get children() {
        return z.array(tree)
      },
      get parent() {
        return z.nullable(tree)
      },
    })
    await answer('make a tree', tree)
  })

  it('where it is the whole of a definition', async () => {
    const schema = {
      $ref: '#/$defs/n',
      $defs: { n: { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] } },
    }
    expect(JSON.parse(await textOf('x = 4', format(schema)))).toEqual({ x: 4 })
  })

  it('where the outermost value is no object', async () => {
    expect(await answer('3, 4 and 5', z.array(z.number()))).toEqual([3, 4, 5])
  })
})

it.each([
  ['refers to itself without end', { $ref: '#' }],
  ['multiplies', { allOf: [{ $ref: '#' }, { $ref: '#' }], type: 'object' }],
  [
    'demands itself',
    { type: 'object', properties: { l: { $ref: '#' }, r: { $ref: '#' } }, required: ['l', 'r'] },
  ],
  [
    'demands the impossible',
    { type: 'array', minItems: 1e9, items: { type: 'array', minItems: 1e9, items: {} } },
  ],
  ['is nonsense', { type: 5, properties: [], items: 'x', required: 'y', enum: {}, anyOf: [] }],
  [
    'has names of prototypes',
    {
      type: 'object',
      properties: { constructor: { type: 'string' } },
      required: ['toString', '__proto__'],
    },
  ],
  ['has a hostile pattern', { type: 'string', pattern: '(a+)+(b{999999999}){99999}$' }],
])('a schema that %s is survived', async (_name, schema) => {
  const { finishReason, text } = await ask('anything 5', format(schema))
  if (finishReason === 'stop') JSON.parse(text)
  else expect(finishReason).toBe('length')
})

it('names of prototypes are names like others', async () => {
  const schema = {
    type: 'object',
    properties: { constructor: { type: 'string', format: 'toString' } },
    required: ['toString', '__proto__', 'constructor'],
  }
  const value: unknown = JSON.parse(await textOf('anything', format(schema)))
  expect(Object.keys(value as object)).toEqual(['constructor', 'toString', '__proto__'])
  const offered = { ...tool('odd'), function: { name: 'odd', parameters: schema } }
  const [[, args] = []] = await callsOf('use the odd tool', { tools: [offered] })
  expect(Object.keys(args as object)).toHaveLength(3)
})

describe('values come from what was said', () => {
  it('a person', async () => {
    const person = z.object({ name: z.string(), age: z.int(), email: z.string(), city: z.string() })
    const said =
      'My name is Alice, I am 30 years old, I live in Paris and my email is alice@example.org'
    expect(await answer(said, person)).toEqual({
      name: 'Alice',
      age: 30,
      email: 'alice@example.org',
      city: 'Paris',
    })
  })

  it('an event', async () => {
    const event = z.object({
      name: z.string(),
      date: z.string(),
      participants: z.array(z.string()),
    })
    expect(await answer('Alice and Bob are going to a science fair on Friday.', event)).toEqual({
      name: 'science fair',
      date: 'Friday',
      participants: ['Alice', 'Bob'],
    })
  })

  it('the answer of a calculation, as a number and in words', async () => {
    const result = z.object({ answer: z.number(), explanation: z.string() })
    expect(await answer('What is 15 * 23?', result)).toEqual({
      answer: 345,
      explanation: '15 * 23 = 345.',
    })
  })

  it('a choice, a truth, a list', async () => {
    const labels = z.object({
      sentiment: z.enum(['negative', 'positive']),
      urgent: z.boolean(),
      tags: z.array(z.string()),
    })
    expect(await answer('This is positive and urgent. tags: red, green and blue', labels)).toEqual({
      sentiment: 'positive',
      urgent: true,
      tags: ['red', 'green', 'blue'],
    })
    expect(await answer('This is not urgent', labels)).toMatchObject({ urgent: false })
  })
})

describe('plans', () => {
  const plan = z.object({
    goal: z.string(),
    steps: z.array(
      z.object({
        id: z.string(),
        task: z.string(),
        depends_on: z.array(z.string()),
        tool_hint: z.enum(['websearch', 'calculator', 'ppt_maker']).nullable(),
        done_when: z.string(),
      }),
    ),
  })

  it('have one step a clause, in order, with the tool for it', async () => {
    const made = await answer(
      'Search for the population of France, then calculate 10% of it, and tell me a joke',
      plan,
    )
    expect(made).toMatchObject({
      steps: [
        {
          id: '1',
          task: 'Search for the population of France',
          depends_on: [],
          tool_hint: 'websearch',
        },
        { id: '2', task: 'Calculate 10% of it', depends_on: ['1'], tool_hint: 'calculator' },
        { id: '3', task: 'Tell me a joke', tool_hint: null },
      ],
    })
  })

  it('are about what the prompt labels as the goal', async () => {
    const made = await answer(
      'Make a plan.\n\nGoal: search for cats and then add 2 and 3\n\nTools: websearch',
      plan,
    )
    expect(made).toMatchObject({
      goal: 'Search for cats and then add 2 and 3',
      steps: [{ task: 'Search for cats' }, { task: 'Add 2 and 3' }],
    })
  })

  it('number their steps where ids are numbers', async () => {
    const numbered = z.object({
      steps: z.array(
        z.object({ id: z.int(), description: z.string(), dependsOn: z.array(z.int()) }),
      ),
    })
    expect(await answer('say a, then say b', numbered)).toEqual({
      steps: [
        { id: 1, description: 'Say a', dependsOn: [] },
        { id: 2, description: 'Say b', dependsOn: [1] },
      ],
    })
  })
})

it('json_object gives the keys that the prompt names, else the answer', async () => {
  const json = { responseFormat: { type: 'json_object' } }
  expect(JSON.parse(await textOf('JSON with keys name and age for Alice, 30', json))).toEqual({
    name: 'Alice',
    age: 30,
  })
  expect(JSON.parse(await textOf('What is 2 + 2? As JSON.', json))).toEqual({
    answer: '2 + 2 = 4.',
  })
})

it.each([
  '^\\d{3}-[A-Z]{2}$',
  '^(foo|bar)+baz?$',
  '^[^a-z]\\w*\\s.$',
  '^(?:\\+\\d{1,3})?\\(\\d+\\)$',
  '^[\\w.]+@[a-z]+\\.com$',
  '[-_]x',
  '^\\p{Lu}\\p{L}{2,}$',
  '^[]x]$',
  '',
])('a text matches the pattern %s', (pattern) => {
  expect(textMatching(pattern)).toMatch(new RegExp(pattern.replace('[]x]', '[\\]x]'), 'u'))
})
