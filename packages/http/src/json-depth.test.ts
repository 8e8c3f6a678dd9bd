import { describe, expect, it } from '@jest/globals'
import { startCpuClock } from '@tandem/testing'
import { parseJsonObject } from './body.ts'
import { isDeeperThan } from './json-depth.ts'

const nested = (depth: number, open = '[', close = ']'): string =>
  open.repeat(depth) + close.repeat(depth)
const deeper = (json: string, limit = 8): boolean => isDeeperThan(Buffer.from(json), limit)

describe('isDeeperThan', () => {
  it.each([
    ['arrays at the limit', nested(8), false],
    ['arrays one above it', nested(9), true],
    ['objects at the limit', `${'{"a":'.repeat(8)}1${'}'.repeat(8)}`, false],
    ['objects one above it', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`, true],
    ['both in turn', `${'{"a":['.repeat(5)}${']}'.repeat(5)}`, true],
    ['many side by side', `[${Array.from({ length: 100 }, () => '[{}]').join()}]`, false],
    ['brackets in a string', JSON.stringify({ text: nested(500) }), false],
    ['brackets behind an escaped quote', JSON.stringify({ text: `\\"${nested(500)}\\` }), false],
    ['depth behind such a string', `["\\\\\\"[[[",${nested(8)}]`, true],
    ['depth behind a string that ends in a backslash', `["\\\\",${nested(8)}]`, true],
    ['brackets that never close', '['.repeat(100_000), true],
    ['a string that never closes', `"${'['.repeat(100)}`, false],
  ])('%s', (_name, json, expected) => {
    expect(deeper(json)).toBe(expected)
  })

  it('agrees with a walk over what was parsed', () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    const make = (depth: number): unknown => {
      if (depth === 0) return ['"[{', '\\', 1, null][random(4)]
      const children = Array.from({ length: 1 + random(3) }, () => make(depth - 1))
      return random(2)
        ? children
        : Object.fromEntries(children.map((child, at) => [`k${at}[`, child]))
    }
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
        : 0
    for (let round = 0; round < 200; round += 1) {
      const value = make(1 + random(6))
      for (const limit of [2, 4, 5]) {
        expect(deeper(JSON.stringify(value), limit)).toBe(depthOf(value) > limit)
      }
    }
  })

  it('is over at once with 32 MiB of brackets', () => {
    const spent = startCpuClock()
    expect(deeper('['.repeat(2 ** 25), 128)).toBe(true)
    expect(deeper(JSON.stringify({ text: '[{'.repeat(2 ** 20) }), 128)).toBe(false)
    expect(spent()).toBeLessThan(2000)
  })
})

describe('parseJsonObject', () => {
  it('refuses what is too deep, with the remedy', () => {
    const body = Buffer.from(`{"a":${nested(100_000)}}`)
    expect(() => parseJsonObject(body)).toThrow(/more than 128 levels deep.*MAX_JSON_DEPTH/)
    expect(() => parseJsonObject(Buffer.from(`{"a":${nested(20)}}`), 20)).toThrow(/20 levels/)
    expect(parseJsonObject(Buffer.from(`{"a":${nested(3)}}`), 20)).toEqual({ a: [[[]]] })
  })

  it('refuses bytes that are no UTF-8', () => {
    const body = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ])
    expect(() => parseJsonObject(body)).toThrow(/UTF-8/)
  })
})
