import { expect, it } from '@jest/globals'
import { shorten } from './shorten.ts'

it('leaves be what is not much', () => {
  const value = { messages: [{ role: 'user', content: 'x'.repeat(900_000) }], n: 1, a: null }
  expect(shorten(value)).toBe(value)
  expect(shorten(undefined)).toBeUndefined()
})

it('keeps the beginning of long texts, their whole words, and what is short', () => {
  const content = 'Some words. '.repeat(200_000)
  const value = { messages: [{ role: 'user', content, name: 'ann' }], n: 1 }
  const [message] = (shorten(value) as typeof value).messages
  expect(message?.content).toMatch(/^(Some words\. )+(Some )?\[23959\d\d characters more\]$/)
  expect(message).toMatchObject({ role: 'user', name: 'ann' })
})

it('leaves no half of a secret', () => {
  const key = 'sk-abcdefghijklmnopqrstuvwxyz0123456789'
  for (let before = 4050; before < 4100; before += 1) {
    const text = `${'x '.repeat(before / 2)}${key} ${'y '.repeat(600_000)}`
    expect(String(shorten(text)).replace(key, '')).not.toContain('sk-')
  }
})

it('tells the length of pictures, and of long lists', () => {
  const url = `data:image/png;base64,${'A'.repeat(2_000_000)}`
  expect(shorten([{ image_url: { url } }])).toEqual([
    { image_url: { url: 'data:image/png;base64,[2000000 characters]' } },
  ])
  const many = Array.from({ length: 300_000 }, (_, at) => ({ at }))
  const short = shorten({ many }) as { many: unknown[] }
  expect(short.many.slice(0, 2)).toEqual(['[299800 more before]', { at: 299_800 }])
  expect(short.many.at(-1)).toEqual({ at: 299_999 })
})
