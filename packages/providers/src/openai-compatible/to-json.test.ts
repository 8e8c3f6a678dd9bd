import { expect, it } from '@jest/globals'
import { toJson } from './to-json.ts'

const bytes = Buffer.alloc(400_000, 'All sorts of bytes \u0000\u00ff')
const base64 = bytes.toString('base64')

it.each([
  ['nothing long', { a: ['"quoted"', 'ö', null, 1], b: undefined }],
  ['base64', { a: base64, b: [{ c: bytes.subarray(1).toString('base64') }] }],
  ['the same twice', [base64, base64]],
  ['data URLs', { url: `data:image/png;base64,${base64}`, b: 'ö' }],
  [
    'base64 for URLs',
    { a: bytes.toString('base64url'), b: bytes.subarray(1).toString('base64url') },
  ],
  ['text', { a: 'Words "in quotes"\nand lines. '.repeat(20_000) }],
  ['base64 with a line break', { a: `${base64}\n` }],
  ['base64 with a quote', { a: `"${base64}` }],
  ['base64 with another script', { a: `${base64.slice(4)}ш` }],
  ['base64 with half a character', { a: `${base64}\ud800` }],
  ['a data URL with a quote', { url: `data:image/"png;base64,${base64}` }],
  ['a long key', { [base64]: 1 }],
  ['a long string alone', base64],
])('writes as JSON.stringify does: %s', (_, value) => {
  expect(toJson(value).toString() === JSON.stringify(value)).toBe(true)
})

it('never takes for base64 what is one character away from it', () => {
  for (const length of [400_000, 400_001, 400_002, 400_003]) {
    for (const character of ['"', '\\', '\n', '\u0001', 'é', '=']) {
      const value = [
        `${base64.slice(0, length / 2)}${character}${base64.slice(length / 2, length)}`,
      ]
      expect(toJson(value).toString() === JSON.stringify(value)).toBe(true)
    }
  }
})
