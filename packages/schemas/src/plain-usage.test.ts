import { expect, it } from '@jest/globals'
import { usageSchema } from './messages.ts'
import { isPlainUsage } from './plain-usage.ts'

const plain = { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 }

it.each([
  plain,
  { ...plain, cost: 0.1, prompt_tokens_details: null },
  { ...plain, prompt_tokens_details: { cached_tokens: 2, audio_tokens: 0 } },
  { ...plain, completion_tokens_details: { reasoning_tokens: 2 }, prompt_tokens_details: {} },
])('takes %j as it is, as the schema does', (usage) => {
  expect(isPlainUsage(usage)).toBe(true)
  expect(usageSchema.parse(usage)).toEqual(usage)
})

it.each([
  undefined,
  null,
  [],
  'usage',
  {},
  { ...plain, prompt_tokens: undefined },
  { ...plain, prompt_tokens: '3' },
  { ...plain, prompt_tokens: -1 },
  { ...plain, total_tokens: 1.5 },
  { ...plain, completion_tokens: null },
  { ...plain, completion_tokens: 2 ** 60 },
  { ...plain, prompt_tokens_details: [] },
  { ...plain, prompt_tokens_details: 'none' },
  { ...plain, prompt_tokens_details: { cached_tokens: '2' } },
  { ...plain, completion_tokens_details: { reasoning_tokens: Number.NaN } },
  // For these the schema puts something else in their place.
  { prompt_tokens: 3, total_tokens: 3 },
  { ...plain, estimated: 'yes' },
])('leaves %j to the schema', (usage) => {
  expect(isPlainUsage(usage)).toBe(false)
})
