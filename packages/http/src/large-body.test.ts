import { describe, expect, it } from '@jest/globals'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '@tandem/schemas'
import { parseJsonObject } from './body.ts'
import { parseLargeJsonObject } from './large-body.ts'

const words = 'Words and a "quotation", line by line.\n'
const long = words.repeat(20_000)
const small = { a: [1, null, true, 'x', { b: '"' }], c: -1.5e3 }
const base64 = Buffer.alloc(700_000, 'All sorts of bytes \u0000\u00ff').toString('base64')

async function expectSame(json: string | Buffer): Promise<void> {
  const body = Buffer.from(json)
  const parsed = await parseLargeJsonObject(body)
  const expected = JSON.parse(body.toString()) as unknown
  // Of objects so large jest's own comparison takes minutes.
  expect(JSON.stringify(parsed) === JSON.stringify(expected)).toBe(true)
}

describe('a large body comes out as JSON.parse gives it', () => {
  it.each<[string, unknown]>([
    ['small', small],
    ['one long text', { model: 'm', messages: [{ role: 'user', content: long }] }],
    ['several, with small members between them', { ...small, z: long, b: [long, 1, long], d: {} }],
    ['emoji and other scripts', { a: 'Ein 😀 и «цитата» 字'.repeat(40_000) }],
    ['nothing but escapes', { a: '\\"\n\u0001\u2028'.repeat(200_000) }],
    ['nothing but backslashes', { a: '\\'.repeat(900_001), b: `${'\\'.repeat(700_000)}"` }],
    ['half characters', { a: '\ud83d'.repeat(200_000), b: `x${'\ud83d\ude00'.repeat(200_000)}` }],
    ['many numbers', { a: Array.from({ length: 300_000 }, (_, at) => at) }],
    [
      'many lists of numbers',
      { a: Array.from({ length: 9000 }, (_, at) => [at, Array(40).fill(at)]) },
    ],
    [
      'many messages',
      { messages: Array.from({ length: 900 }, (_, at) => ({ at, text: words.repeat(40) })) },
    ],
    [
      'many members',
      Object.fromEntries(Array.from({ length: 40_000 }, (_, at) => [`k${at}`, { at }])),
    ],
    ['keys that are numbers', { b: long, 2: long, 1: 'x', a: { 9: long, 8: 1 } }],
    ['long keys', { [long]: long, [`${long}!`]: 1, a: { [long]: {} } }],
    ['deep inside', { a: [[{ b: [{ c: { d: [long, [long]] } }] }]], e: long }],
    ['pictures beside text', { a: base64, b: [{ c: long, d: base64 }, { e: 'x' }] }],
    ['empty ones', { a: [], b: {}, c: '', d: long, e: [[], {}, ''] }],
  ])('%s', async (_, value) => {
    await expectSame(JSON.stringify(value))
    await expectSame(` \n${JSON.stringify(value, null, 2)}\r\n\t`)
  })

  it('escapes wherever a piece ends', async () => {
    for (let shift = 0; shift < 14; shift += 1) {
      const unit = String.raw`\u00e9\\\"\ud83d\ude00é😀\n`
      await expectSame(`{"a":"${'x'.repeat(shift)}${unit.repeat(30_000)}"}`)
    }
  })

  it('the same key twice, and those that objects have of their own', async () => {
    await expectSame(`{"a":${text},"a":1,"b":2,"b":${text},"c":${text},"c":""}`)
    const json = `{"__proto__":${text},"toString":{"__proto__":[${text}],"b":1},"constructor":1}`
    const parsed = await parseLargeJsonObject(Buffer.from(json))
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect(Object.keys(parsed)).toEqual(['__proto__', 'toString', 'constructor'])
    await expectSame(json)
  })

  it('white space of megabytes', async () => {
    const blank = ' \n\t\r'.repeat(300_000)
    await expectSame(`${blank}{}${blank}`)
    await expectSame(`{${blank}}`)
    await expectSame(`{"a"${blank}:${blank}[${blank}]${blank},${blank}"b":1}`)
  })
})

const text = JSON.stringify(long)

function nested(depth: number): string {
  return `${'['.repeat(depth)}${text}${']'.repeat(depth)}`
}

describe('what is wrong is told as of a small body', () => {
  it.each([
    ['no end of a text', `{"a":"${words.repeat(20_000).slice(0, 17)}${'x'.repeat(600_000)}`],
    ['no end of an object', `{"a":${text}`],
    ['an end too many', `{"a":${text}}}`],
    ['more behind it', `{"a":${text}} x`],
    ['other brackets', `{"a":[${text}}]`],
    ['other brackets around large ones', `{"a":[{"b":${text}],"c":1}}`],
    ['a list', `[${text}]`],
    ['a text', text],
    ['nothing but white space', ' '.repeat(500_000)],
    ['a comma too many, first', `{"a":[,${text}]}`],
    ['a comma too many, last', `{"a":[${text},]}`],
    ['a comma too many, between', `{"a":[${text},,${text}]}`],
    ['a comma too many in an object', `{"a":${text},}`],
    ['commas too many in an object', `{"a":${text},,"b":${text}}`],
    ['no comma', `{"a":${text} "b":${text}}`],
    ['no comma in a list', `{"a":[${text} ${text}]}`],
    ['no comma before a small one', `{"a":[${text} 1]}`],
    ['something before a text', `{"a":-${text}}`],
    ['no colon', `{"a" ${text}}`],
    ['two colons', `{"a"::${text}}`],
    ['no value', `{${text}}`],
    ['no key', `{:${text}}`],
    ['a line break in a text', `{"a":"${'words\n'.repeat(90_000)}"}`],
    ['an unknown escape', `{"a":"${'\\x words'.repeat(90_000)}"}`],
    ['half an escape', `{"a":"${'x'.repeat(600_000)}\\u12"}`],
    ['half an escape within', `{"a":"${'\\u12 words '.repeat(90_000)}"}`],
    ['a number that is none', `{"a":[${'1,'.repeat(300_000)}01]}`],
  ])('%s', async (_, json) => {
    const body = Buffer.from(json)
    expect(() => parseJsonObject(body)).toThrow(AppError)
    await expect(parseLargeJsonObject(body)).rejects.toMatchObject({ code: 'invalid_json' })
  })

  it('bytes that are no UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from(`{"a":"${'x'.repeat(600_000)}`),
      Buffer.from([0xff, 0x22, 0x7d]),
    ])
    await expect(parseLargeJsonObject(body)).rejects.toMatchObject({
      message: 'The body is not valid UTF-8.',
    })
  })

  it('too deep', async () => {
    await expectSame(`{"a":${nested(127)}}`)
    await expect(parseLargeJsonObject(Buffer.from(`{"a":${nested(128)}}`))).rejects.toMatchObject({
      code: 'invalid_request',
    })
    const brackets = Buffer.from(`{"a":${'['.repeat(5e6)}`)
    await expect(parseLargeJsonObject(brackets)).rejects.toMatchObject({ code: 'invalid_request' })
    await expectSame(`{"a":${JSON.stringify('[{'.repeat(300_000))}}`)
  })
})

it('lets others have their turn', async () => {
  const body = Buffer.from(JSON.stringify({ a: words.repeat(200_000), b: Array(900_000).fill(12) }))
  const parsing = { isOver: false }
  const parsed = parseLargeJsonObject(body).finally(() => (parsing.isOver = true))
  let turns = 0
  for (; !parsing.isOver; turns += 1) await nextTurn()
  await parsed
  expect(turns).toBeGreaterThan(4)
})
