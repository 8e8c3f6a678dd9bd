import { expect, it } from '@jest/globals'
import { messageSchema, textOf, toolCallSchema, usageSchema } from './messages.ts'

it.each([
  ['plain', 'plain'],
  [null, ''],
  [undefined, ''],
  [[], ''],
  [[{ type: 'text', text: 'a' }, { type: 'image_url' }, { type: 'text', text: 'b' }], 'a\nb'],
  [[{ type: 'text', text: null }], ''],
])('textOf(%j) is %j', (content, text) => {
  expect(textOf(content)).toBe(text)
})

it('a call is a function’s unless it says otherwise', () => {
  expect(toolCallSchema.parse({ id: 'c', function: { name: 'f', arguments: '{}' } }).type).toBe(
    'function',
  )
  expect(
    toolCallSchema.safeParse({ id: 'c', type: 'x', function: { name: 'f', arguments: '' } })
      .success,
  ).toBe(false)
})

it('content may be missing, null, text or parts for every role', () => {
  for (const role of ['developer', 'system', 'user', 'assistant', 'tool', 'function']) {
    for (const content of [undefined, null, '', 'x', [], [{ type: 'text', text: 'x' }]])
      expect(messageSchema.safeParse({ role, content }).success).toBe(true)
  }
})

it.each([
  { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, prompt_tokens_details: null },
  {
    prompt_tokens: 1,
    completion_tokens: 2,
    total_tokens: 3,
    prompt_tokens_details: { cached_tokens: null },
    cost: 0.1,
  },
])('usage may be %j', (usage) => {
  expect(usageSchema.parse(usage)).toEqual(usage)
})
