import { describe, expect, it } from '@jest/globals'
import { AppError } from '@tandem/schemas'
import { parseJsonObject } from './body.ts'
import { cutLongStrings } from './long-strings.ts'

const long = Buffer.alloc(600_000, 'All sorts of bytes \u0000\u00ff').toString('base64')
const url = `data:image/png;base64,${long}`

function parse(json: string): Record<string, unknown> {
  return parseJsonObject(Buffer.from(json))
}

const cutFrom = (json: string): string[] => [...cutLongStrings(Buffer.from(json)).strings.values()]

describe('long strings in JSON', () => {
  it.each([
    ['one', { file: long }],
    ['data URLs and what stands between them', { a: [{ url }, 'short "quoted" ö', { url }], b: 1 }],
    ['the same one twice, and deep inside', { a: long, b: [[{ c: { d: long } }]] }],
    ['with spaces', JSON.parse(`{ "a" : "${long}" , "b" : [ "${long}" ] }`) as object],
    ['of all lengths', { a: ['x'.repeat(100), 'x'.repeat(300_000), 'x'.repeat(600_000)] }],
  ])('come out as they went in: %s', (_, value) => {
    const json = JSON.stringify(value, null, 1)
    expect(cutFrom(json).length).toBeGreaterThan(0)
    expect(parse(json)).toEqual(value)
  })

  it('are not cut out where they are not what they seem', () => {
    for (const value of [
      { [long]: 1, b: [] },
      { text: `${long}\\n`.replaceAll('AA', 'A\n') },
      { text: `"${long}` },
      { text: `${long}ö` },
      { text: 'Some words, and more. '.repeat(40_000) },
      { numbers: Array.from({ length: 200_000 }, (_each, at) => at), b: '' },
    ]) {
      const json = JSON.stringify(value)
      expect(cutFrom(json)).toEqual([])
      expect(parse(json)).toEqual(value)
    }
    expect(parse(`{"${long}"  : 1}`)).toEqual({ [long]: 1 })
  })

  it.each([
    ['a line break within', `{"a":"${long}\n${long}"}`],
    ['no end', `{"a":"${long}`],
    ['no comma', `{"a":"${long}" "b"}`],
    ['no quote', `{"a":${long}}`],
    ['two of them', `{"a":"${long}""${long}"}`],
    ['bytes that are no UTF-8', `{"a":"${long}","b":"\u0000"}`],
  ])('leave invalid what is: %s', (_, json) => {
    expect(() => parse(json)).toThrow(AppError)
  })
})
