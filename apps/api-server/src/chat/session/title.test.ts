import { describe, expect, it } from '@jest/globals'
import { toTitle } from './title.ts'

const titleOf = (content: string) => toTitle([{ role: 'user', content }])

describe('toTitle', () => {
  it('is the first words of a user, in one line', () => {
    expect(titleOf('  What is\n\n15 *\t23?\u0000 ')).toBe('What is 15 * 23?')
    expect(
      toTitle([
        { role: 'assistant', content: 'Hi' },
        { role: 'user', content: [{ type: 'image_url' }] },
        { role: 'user', content: [{ type: 'text', text: 'Look' }] },
      ]),
    ).toBe('Look')
  })

  it('is cut at a word, to at most 80 characters', () => {
    const long = titleOf('word '.repeat(40))!
    expect(long).toMatch(/^(word )+word…$/)
    expect(long.length).toBeLessThanOrEqual(80)
    expect(long.length).toBeGreaterThan(74)
    expect(titleOf('x'.repeat(80))).toBe('x'.repeat(80))
    expect(titleOf('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`)
    expect(titleOf(`${'x'.repeat(79)} tail`)).toBe(`${'x'.repeat(79)}…`)
  })

  it('cuts no character in two', () => {
    const title = titleOf('👋🏽'.repeat(60))!
    expect(title.isWellFormed()).toBe(true)
    expect(Array.from(title).length).toBeLessThanOrEqual(80)
  })

  it('is nothing where no user said a word', () => {
    expect(toTitle([])).toBeUndefined()
    expect(titleOf(' \n ')).toBeUndefined()
    expect(toTitle([{ role: 'tool', tool_call_id: 'a', content: 'result' }])).toBeUndefined()
  })
})
