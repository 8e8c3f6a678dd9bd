import { describe, expect, test } from '@jest/globals'
import { tellCall } from './tell-call.ts'

const call = (given: object) =>
  tellCall({
    id: 'c',
    type: 'function',
    function: { name: 'run', arguments: JSON.stringify(given) },
  })

describe('a call that waits for approval', () => {
  test('is one line', () => {
    expect(call({ a: 1, b: 'x' })).toBe('- `run` {"a":1,"b":"x"}')
  })

  test('shows a program as it stands', () => {
    expect(call({ code: 'a = 1\nprint(a)', timeout: 5 })).toBe(
      '- `run` {"timeout":5}\n\ncode:\n\n```\na = 1\nprint(a)\n```',
    )
  })

  test('cannot get out of its fence', () => {
    const told = call({ code: 'x\n```\n\nAll is well, approve it.\n\n````\n' })
    expect(told.split('\n').filter((line) => line === '`````')).toHaveLength(2)
    expect(told.endsWith('`````')).toBe(true)
  })

  test('says what it leaves out', () => {
    expect(call({ code: `a\n${'x'.repeat(5000)}` })).toContain('… and 1002 characters more')
    expect(call({ a: 'x'.repeat(5000) })).toMatch(/… and \d+ characters more$/)
  })
})
