import { describe, expect, it } from '@jest/globals'
import type { Message } from '@tandem/schemas'
import type { ModelRequest } from '../../types.ts'
import { ask, callsOf, runTools, textOf, tool, user } from '../test/ask.ts'

const text = { type: 'string' }
const number = { type: 'number' }
const calculator = tool('calculator', { expression: text })
const python = tool('python_coder', { code: text })
const clock = tool('get_current_time', { timezone: text }, { required: [] })
const search = tool(
  'websearch',
  { query: text, max_results: { type: 'integer' } },
  { required: ['query'] },
)
const rag = tool('rag', { collection: text, query: text }, { required: ['query'] })
const slides = tool(
  'ppt_maker',
  { instruction: text, slides: { type: 'integer' } },
  { required: ['instruction'] },
)
const weather = tool(
  'get_weather',
  { location: text, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
  { required: ['location'] },
)
const email = tool('send_email', { to: text, subject: text })
const fooBar = tool(
  'foo_bar',
  { x: number, name: text, flag: { type: 'boolean' } },
  { required: ['x'] },
)
const tools = [calculator, python, clock, search, rag, slides, weather, email, fooBar]

describe('a request calls the tool for it', () => {
  it.each([
    ['What is 15 * 23?', 'calculator', { expression: '15 * 23' }],
    ['use the calculator to compute 2^10', 'calculator', { expression: '2 ^ 10' }],
    ['What is 12% of 80?', 'calculator', { expression: '12 / 100 * 80' }],
    ['What is 15 * 23? Use Python.', 'python_coder', { code: 'print(15 * 23)' }],
    ['What time is it?', 'get_current_time', {}],
    ['What time is it in Tokyo?', 'get_current_time', { timezone: 'Asia/Tokyo' }],
    ['what is the date in new york', 'get_current_time', { timezone: 'America/New_York' }],
    ['current time in Europe/Oslo', 'get_current_time', { timezone: 'Europe/Oslo' }],
    ['What is the weather in New York tomorrow?', 'get_weather', { location: 'New York' }],
    ['weather in paris', 'get_weather', { location: 'paris' }],
    ['weather in Rome, unit: fahrenheit', 'get_weather', { location: 'Rome', unit: 'fahrenheit' }],
    [
      'Search the web for the latest news about Mars',
      'websearch',
      { query: 'latest news about Mars' },
    ],
    ["What's the latest news about AI?", 'websearch', { query: 'latest news about AI' }],
    ['Look up the height of Mount Everest', 'websearch', { query: 'height of Mount Everest' }],
    ['Who is the president of France?', 'websearch', { query: 'president of France' }],
    ['Find information about vacation days in the docs', 'rag', { query: 'vacation days' }],
    [
      'What do our documents say about refunds?',
      'rag',
      expect.objectContaining({ query: expect.stringContaining('refunds') }),
    ],
    ['Use the rag tool to find our refund policy', 'rag', { query: 'our refund policy' }],
    [
      'Make a presentation about solar energy with 5 slides',
      'ppt_maker',
      { instruction: 'Make a presentation about solar energy with 5 slides', slides: 5 },
    ],
    [
      'Send an email to bob@example.com about the meeting',
      'send_email',
      { to: 'bob@example.com', subject: 'meeting' },
    ],
    ['call foo_bar with x=1 and name=Alice', 'foo_bar', { x: 1, name: 'Alice' }],
    ['Use foo_bar: x = 3, flag: true', 'foo_bar', { x: 3, flag: true }],
  ])('%j', async (request, name, args) => {
    expect(await callsOf(request, { tools })).toEqual([[name, args]])
  })

  it('the calculation goes to Python where there is no calculator', async () => {
    expect(await callsOf('What is 15 * 23?', { tools: [python] })).toEqual([
      ['python_coder', { code: 'print(15 * 23)' }],
    ])
  })

  it('tools are known by what is said of them, and their main parameter is found', async () => {
    const wolf = tool('wolf', { q: text }, { description: 'Evaluates a mathematical expression' })
    expect(await callsOf('2 + 2', { tools: [wolf] })).toEqual([['wolf', { q: '2 + 2' }]])
    const snake = tool('snake', { src: text }, { description: 'Executes Python code' })
    expect(await callsOf('2 + 2', { tools: [snake] })).toEqual([['snake', { src: 'print(2 + 2)' }]])
  })

  it('numbers go to their parameters in order', async () => {
    expect(
      await callsOf('add 2 and 3', { tools: [tool('add', { a: number, b: number })] }),
    ).toEqual([['add', { a: 2, b: 3 }]])
  })

  it('code that the user wrote is run as it is', async () => {
    const request = 'Run this:\n```python\nfor i in range(3):\n    print(i)\n```'
    expect(await callsOf(request, { tools })).toEqual([
      ['python_coder', { code: 'for i in range(3):\n    print(i)' }],
    ])
  })

  it('several at once where they do not wait for each other', async () => {
    const request = "What time is it and what's 15 * 23?"
    const calls = [
      ['get_current_time', {}],
      ['calculator', { expression: '15 * 23' }],
    ]
    expect(await callsOf(request, { tools })).toEqual(calls)
    const oneByOne = { tools, extra: { parallel_tool_calls: false } }
    expect(await callsOf(request, oneByOne)).toEqual(calls.slice(0, 1))
  })

  it('the same call is made once', async () => {
    expect(await callsOf('what is 2+2 and what is 2 + 2', { tools })).toHaveLength(1)
  })

  it.each([
    'hi',
    'Who are you?',
    'tell me a joke',
    'my name is Alice',
    'repeat after me: what is 2 + 2',
    'thanks',
    '',
  ])('%j calls nothing', async (request) => {
    expect(await ask(request, { tools })).toMatchObject({ toolCalls: [], finishReason: 'stop' })
  })

  it('a word of whoever runs the tools is no request', async () => {
    const { toolCalls } = await ask('What is 15 * 23?', { tools })
    const messages: Message[] = [
      user('What is 15 * 23?'),
      { role: 'assistant', content: null, tool_calls: toolCalls, reasoning: undefined },
      { role: 'tool', tool_call_id: toolCalls[0]?.id, content: '345', reasoning: undefined },
      user('Stop here. Say plainly what is missing.'),
    ]
    expect(await textOf(messages, { tools, toolChoice: 'none' })).toMatch(/345/)
  })

  it('asks back where something is missing', async () => {
    expect(await textOf("What's the weather?", { tools })).toMatch(/which place/)
  })

  it('takes tools without parameters and other types', async () => {
    const bare: ModelRequest['tools'] = [
      { type: 'function', function: { name: 'list_users' } },
      { type: 'web_search' },
    ]
    expect(await callsOf('list the users', { tools: bare })).toEqual([['list_users', {}]])
  })
})

describe('tool choice', () => {
  it('none calls nothing', async () => {
    expect(await textOf('What is 15 * 23?', { tools, toolChoice: 'none' })).toBe('15 * 23 = 345.')
  })

  it('required calls something', async () => {
    expect(await callsOf('hi', { tools, toolChoice: 'required' })).toHaveLength(1)
    expect(await callsOf('15 * 23', { tools, toolChoice: 'required' })).toEqual([
      ['calculator', { expression: '15 * 23' }],
    ])
  })

  it.each(tools.map(({ function: offered }) => offered!.name))(
    '%s is called where it is named',
    async (name) => {
      const toolChoice = { type: 'function', function: { name } }
      const calls = await callsOf('hi', { tools, toolChoice })
      expect(calls.map(([called]) => called)).toEqual([name])
      expect(calls[0]![1]).not.toEqual({ query: '' })
    },
  )

  it('of a tool that is not offered is refused', async () => {
    const toolChoice = { type: 'function', function: { name: 'nope' } }
    await expect(ask('hi', { tools, toolChoice })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'tool_choice',
    })
  })
})

describe('results', () => {
  it('are told', async () => {
    const run = await runTools("What time is it and what's 15 * 23?", tools, {
      calculator: '345',
      get_current_time: 'noon',
    })
    expect(run.rounds).toHaveLength(1)
    expect(run.text).toBe('The time tool says: noon. 15 * 23 = 345.')
  })

  it.each([
    ['What is 15 * 23?', { calculator: '{"result": 345}' }, '15 * 23 = 345.'],
    [
      'What is 15 * 23?',
      { calculator: 'Error: out of order' },
      'The tool calculator failed: out of order.',
    ],
    ['What is 1/0?', { calculator: 'Division by zero.' }, 'calculator returned: Division by zero.'],
    [
      'call foo_bar with x=1',
      { foo_bar: '{"error":{"message":"no x"}}' },
      'The tool foo_bar failed: no x.',
    ],
    ['call foo_bar with x=1', { foo_bar: '{"error":null,"answer":7}' }, 'foo_bar returned: 7.'],
    ['call foo_bar with x=1', { foo_bar: '' }, 'The tool foo_bar ran and returned nothing.'],
    [
      'What is the 50th Fibonacci number? Use Python.',
      { python_coder: '12586269025\n' },
      'The program printed: 12586269025.',
    ],
    [
      'What is the 50th Fibonacci number? Use Python.',
      { python_coder: 'Output:\n12586269025\n' },
      'The program printed: 12586269025.',
    ],
    [
      'Search for cats',
      { websearch: '1. Cats\n2. More' },
      'Here is what the search found:\n1. Cats\n2. More',
    ],
  ])('%j, %j', async (request, results, answer) => {
    const run = await runTools(request, tools, results)
    expect(run.rounds).toHaveLength(1)
    expect(run.text).toBe(answer)
  })

  it('lead to the next call', async () => {
    const run = await runTools(
      'Look up the height of Mount Everest, then multiply it by 2 and tell me a joke',
      tools,
      { websearch: 'Mount Everest is 8,849 m high [1].', calculator: '17698' },
    )
    expect(run.rounds).toEqual([
      [['websearch', { query: 'height of Mount Everest' }]],
      [['calculator', { expression: '8849 * 2' }]],
    ])
    expect(run.text).toContain('8,849 m')
    expect(run.text).toContain('8849 * 2 = 17698.')
    expect(new Set(run.ids).size).toBe(2)
    expect(run.ids.every((id) => /^call_\w{24}$/.test(id))).toBe(true)
  })

  it('of the same tool go to the calls that they belong to', async () => {
    const run = await runTools('What is 2 + 2, then multiply the result by 10?', tools, {
      calculator: ['4', '40'],
    })
    expect(run.rounds.flat().map(([, args]) => args)).toEqual([
      { expression: '2 + 2' },
      { expression: '4 * 10' },
    ])
    expect(run.text).toBe('2 + 2 = 4. 4 * 10 = 40.')
  })

  it('of calls whose arguments were repaired count as well', async () => {
    const call = {
      id: 'c1',
      type: 'function' as const,
      function: { name: 'calculator', arguments: '{"expression":"15*23"}' },
    }
    const messages = [
      user('What is 15 * 23?'),
      { role: 'assistant' as const, tool_calls: [call], reasoning: undefined },
      { role: 'tool' as const, tool_call_id: 'c1', content: '345', reasoning: undefined },
    ]
    expect(await textOf(messages, { tools })).toBe('15*23 = 345.')
    expect(await textOf(messages, { tools, toolChoice: 'required' })).toBe('15*23 = 345.')
    expect(await textOf(messages, { tools: [] })).toContain('345')
  })

  it('are put into the JSON that is asked for', async () => {
    const messages = [
      user('Call foo_bar with x=1'),
      {
        role: 'assistant' as const,
        tool_calls: [
          {
            id: 'c',
            type: 'function' as const,
            function: { name: 'foo_bar', arguments: '{"x":1}' },
          },
        ],
        reasoning: undefined,
      },
      { role: 'tool' as const, tool_call_id: 'c', content: 'seven', reasoning: undefined },
    ]
    expect(
      JSON.parse(await textOf(messages, { tools, responseFormat: { type: 'json_object' } })),
    ).toEqual({
      answer: 'foo_bar returned: seven.',
    })
  })

  it('belong to the step that a prompt labels', async () => {
    const prompt = 'Goal: search for cats and then add 2 and 3\n\nStep 2 of 2: Add 2 and 3'
    expect(await callsOf(prompt, { tools })).toEqual([['calculator', { expression: '2 + 3' }]])
  })
})
