import { setImmediate as nextTurn } from 'node:timers/promises'
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
  ['emoji at each place', { a: 'x😀y'.repeat(200_000), b: '😀'.repeat(300_000) }],
  ['half characters', { a: '\ud83d'.repeat(300_000), b: `x${'\udc00'.repeat(300_000)}` }],
  ['nothing but escapes', { a: '"\\\n\u0001\u2028'.repeat(200_000) }],
  [
    'many members',
    Object.fromEntries(Array.from({ length: 90_000 }, (_each, at) => [`"${at}`, at])),
  ],
  ['many in a list', Array.from({ length: 90_000 }, (_each, at) => ({ at, b: [undefined, null] }))],
  ['small ones around large ones', [1, [], base64, undefined, { a: undefined }, [base64], {}, '']],
  [
    'members that are left out',
    { a: undefined, b: base64, c: undefined, d: { e: base64, f: undefined } },
  ],
  ['large and empty', { a: [base64, []], b: { c: base64, d: {} } }],
])('writes as JSON.stringify does: %s', async (_, value) => {
  expect((await toJson(value)).toString() === JSON.stringify(value)).toBe(true)
})

it('never takes for base64 what is one character away from it', async () => {
  for (const length of [400_000, 400_001, 400_002, 400_003]) {
    for (const character of ['"', '\\', '\n', '\u0001', 'é', '=']) {
      const value = [
        `${base64.slice(0, length / 2)}${character}${base64.slice(length / 2, length)}`,
      ]
      expect((await toJson(value)).toString() === JSON.stringify(value)).toBe(true)
    }
  }
})

it('lets others have their turn', async () => {
  const value = { a: 'Words "in quotes"\n'.repeat(400_000), b: Array(600_000).fill('x') }
  const writing = { isOver: false }
  const written = toJson(value).finally(() => (writing.isOver = true))
  let turns = 0
  for (; !writing.isOver; turns += 1) await nextTurn()
  expect((await written).length).toBeGreaterThan(8e6)
  expect(turns).toBeGreaterThan(4)
})
