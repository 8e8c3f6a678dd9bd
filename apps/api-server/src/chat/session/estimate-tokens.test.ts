import { describe, expect, it } from '@jest/globals'
import { startCpuClock } from '@tandem/testing'
import { estimateMessage, estimateTokens } from './estimate-tokens.ts'

/** Counted with OpenAI's o200k_base, the tokenizer of GPT-4o and later. */
const counted: [string, number][] = [
  ['The quick brown fox jumps over the lazy dog.', 10],
  ['Hello, world!', 4],
  ['', 0],
]

describe('estimateTokens', () => {
  it.each(counted)('%j is never counted too low', (text, tokens) => {
    const estimate = estimateTokens(text)
    expect(estimate).toBeGreaterThanOrEqual(tokens)
    expect(estimate).toBeLessThanOrEqual(tokens * 1.7)
  })

  it.each([
    ['你好，世界', 5],
    ['12345', 5],
    ['Привет', 3],
    ['a\n\nb', 4],
    ['internationalization', 4],
    ['👋', 2],
  ])('%j costs %i', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens)
  })

  it('is quick with megabytes', () => {
    const text = 'word 123 ünïcode 你好 '.repeat(60_000)
    const spent = startCpuClock()
    expect(estimateTokens(text)).toBeGreaterThan(300_000)
    expect(spent()).toBeLessThan(500)
  })
})

describe('estimateMessage', () => {
  it('counts parts, calls and attachments, and no base64', () => {
    const plain = estimateMessage({ role: 'user', content: 'one two' })
    const parts = [{ type: 'text', text: 'one two' }]
    expect(estimateMessage({ role: 'user', content: parts })).toBe(plain)
    const image = { type: 'image_url', image_url: { url: `data:;base64,${'A'.repeat(1e6)}` } }
    const seen = estimateMessage({ role: 'user', content: [...parts, image] })
    expect(seen).toBeGreaterThan(plain + 500)
    expect(seen).toBeLessThan(plain + 2000)
    const call = {
      id: 'c',
      type: 'function' as const,
      function: { name: 'f', arguments: '{"x":1}' },
    }
    expect(estimateMessage({ role: 'assistant', content: null, tool_calls: [call] })).toBe(13)
  })
})

it('takes samples of long texts, and is near to what all of it gives', () => {
  const words = Array.from({ length: 400_000 }, (_, at) => `word${at % 977}`).join(' ')
  const halves = Array.from({ length: 4 }, (_, at) => words.slice(at * 250_000, (at + 1) * 250_000))
  const exact = halves.reduce((sum, half) => sum + estimateTokens(half), 0)
  const sampled = estimateTokens(words.slice(0, 1_000_000))
  expect(Math.abs(sampled / exact - 1)).toBeLessThan(0.02)
  const cpu = startCpuClock()
  expect(estimateTokens('long '.repeat(10_000_000))).toBeGreaterThan(9_000_000)
  expect(cpu()).toBeLessThan(200)
})
