import { describe, expect, test } from '@jest/globals'
import { boundText, errorResult, textResult } from './index.ts'

describe('boundText', () => {
  test('leaves short text alone, also at the very limit', () => {
    expect(boundText('')).toBe('')
    expect(boundText('abc', 3)).toBe('abc')
    expect(boundText('x'.repeat(16 * 1024))).toHaveLength(16 * 1024)
  })

  test('keeps head and tail and says how much there was', () => {
    const text = `first line\n${'x'.repeat(100_000)}\nlast line: the error`
    const bounded = boundText(text, 1000)
    expect(bounded.startsWith('first line\n')).toBe(true)
    expect(bounded.endsWith('last line: the error')).toBe(true)
    expect(bounded).toContain(`[… ${Buffer.byteLength(text)} bytes in all`)
    expect(Buffer.byteLength(bounded)).toBeLessThanOrEqual(1000)
    expect(Buffer.byteLength(bounded)).toBeGreaterThan(990)
  })

  test.each(['é', '€', '👩‍🚀', 'a€'])('never cuts a character of %s', (unit) => {
    const text = unit.repeat(500)
    for (let limit = 1; limit < 300; limit += 1) {
      const bounded = boundText(text, limit)
      expect(Buffer.byteLength(bounded)).toBeLessThanOrEqual(limit)
      expect(bounded).not.toContain('\uFFFD')
    }
  })
})

describe('results', () => {
  test('a text result has every field that readers rely on', () => {
    expect(textResult('hello')).toEqual({ content: 'hello', artifacts: [], citations: [] })
    expect(textResult('2', { data: { value: 2 } }).data).toEqual({ value: 2 })
  })

  test('content is bounded', () => {
    expect(Buffer.byteLength(textResult('x'.repeat(1e6)).content)).toBeLessThanOrEqual(16 * 1024)
  })

  test('an error result names its code and whether trying again may help', () => {
    expect(errorResult('timeout', 'It took too long.', { retryable: true })).toEqual({
      content: 'It took too long.',
      artifacts: [],
      citations: [],
      error: { code: 'timeout', retryable: true },
    })
    expect(errorResult('bad', 'No.').error).toEqual({ code: 'bad', retryable: false })
  })
})
