import { describe, expect, it } from '@jest/globals'
import { chatRequestSchema } from './chat.ts'
import { isPlainChatRequest } from './plain-chat.ts'

const plain = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

const taken: object[] = [
  plain,
  { messages: plain.messages },
  {
    ...plain,
    messages: [
      { role: 'system', content: '' },
      { role: 'user', content: 'x', name: 'n' },
    ],
  },
  { ...plain, stream: true, stream_options: { include_usage: true } },
  { ...plain, temperature: 0, top_p: 1, max_tokens: 1, max_completion_tokens: 2, seed: -(2 ** 60) },
  { ...plain, stop: 'x', user: 'u' },
]

/** Each value is wrong somewhere, or changed by the schema, or rare. */
const doubtful: Record<string, unknown[]> = {
  model: ['', 1, null],
  messages: [
    undefined,
    null,
    [],
    {},
    'x',
    [null],
    [[]],
    [{}],
    [{ content: 'x' }],
    [{ role: 'robot', content: 'x' }],
    [{ role: 'user', content: [{ type: 'text', text: 'x' }] }],
    [{ role: 'user', content: 1 }],
    [{ role: 'assistant', tool_calls: [] }],
  ],
  stream: ['true', 1],
  stream_options: [[], 'x', { include_usage: 1 }, { other: true }],
  temperature: [-1, 2.1, '1', Infinity],
  top_p: [-0.1, 1.1],
  max_tokens: [0, -1, 1.5, 2 ** 60, '5'],
  max_completion_tokens: [0, -1, 1.5],
  stop: [['x'], 1],
  seed: ['1', Infinity],
  user: [1],
  n: [2],
  tools: [[]],
  session_id: ['new'],
  agent_type: ['react'],
  attachments: [['file']],
  something_new: [1],
}

describe('isPlainChatRequest', () => {
  it.each(taken)('takes what the schema leaves as it is: %j', (body) => {
    const json = JSON.parse(JSON.stringify(body)) as Record<string, unknown>
    expect(isPlainChatRequest(json)).toBe(true)
    expect(chatRequestSchema.parse(json)).toEqual(json)
  })

  it.each(
    Object.entries(doubtful).flatMap(([field, values]) =>
      values.map((value) => ({ field, value })),
    ),
  )('leaves %j to the schema', ({ field, value }) => {
    expect(isPlainChatRequest({ ...plain, [field]: value })).toBe(false)
  })

  it('leaves keys that no object should have to the schema', () => {
    const body = '{"messages":[{"role":"user","content":"x"}],"__proto__":{"model":"m"}}'
    expect(isPlainChatRequest(JSON.parse(body) as Record<string, unknown>)).toBe(false)
    expect(isPlainChatRequest({ messages: [{ content: 'x' }] })).toBe(false)
  })
})
