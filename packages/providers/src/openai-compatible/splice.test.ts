import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { splice, spliceInTurns, type Edits } from './splice.ts'

const spliced = (json: string, edits: Partial<Edits>): string =>
  splice(Buffer.from(json), { set: {}, remove: [], ...edits }).toString()

describe('splice', () => {
  it('replaces a value where it stands and keeps the rest', () => {
    const json = '{ "a" : 1.0,"model":"x/y" ,  "b":[1e2, {"model":"in"}] }'
    expect(spliced(json, { set: { model: '"y"' } })).toBe(
      '{"a" : 1.0,"model":"y","b":[1e2, {"model":"in"}] }',
    )
  })

  it.each([
    ['{}', '{"k":1}'],
    ['  {\n}  ', '{"k":1}'],
    ['{"a":null}', '{"a":null,"k":1}'],
    ['{"k":{"deep":[{}]}}', '{"k":1}'],
    ['{"k":"}\\",{","z":"k"}', '{"k":1,"z":"k"}'],
    [String.raw`{"\u006b":0}`, '{"k":1}'],
    ['{"k":1,"a":2,"k":3}', '{"k":1,"a":2}'],
    [String.raw`{"a":"ends in a slash \\","k":0}`, String.raw`{"a":"ends in a slash \\","k":1}`],
    ['{"value":"\\"k\\":5"}', '{"value":"\\"k\\":5","k":1}'],
  ])('sets a field of %s', (json, expected) => {
    expect(spliced(json, { set: { k: '1' } })).toBe(expected)
  })

  it.each([
    ['{"k":1}', '{}'],
    ['{"k":1,"a":2}', '{"a":2}'],
    ['{"a":2,"k":[1,2]}', '{"a":2}'],
    ['{"a":2,"k":"x","b":3,"k":{}}', '{"a":2,"b":3}'],
    ['{"a":{"k":1}}', '{"a":{"k":1}}'],
    ['{"kk":1}', '{"kk":1}'],
  ])('removes a field of %s', (json, expected) => {
    expect(spliced(json, { remove: ['k'] })).toBe(expected)
  })

  it.each([
    ['{"k":"old"}', '{"k":1}'],
    ['{"k":"old", "a": {"b":2} }', '{"k":1, "a": {"b":2} }'],
    [String.raw`{"k":"a \"quote\" and \\","a":2}`, '{"k":1,"a":2}'],
    ['{"k":"é","a":"ü"}', '{"k":1,"a":"ü"}'],
    ['{"k":"k","a":2}', '{"k":1,"a":2}'],
    ['{"k":"old","a":"k"}', '{"k":1,"a":"k"}'],
    ['{"k":"old","k":"older"}', '{"k":1}'],
    [String.raw`{"k":"old","\u006b":"older"}`, '{"k":1}'],
    ['{"k":"old","a":{"k":3}}', '{"k":1,"a":{"k":3}}'],
    ['{"k" :"old","a":2}', '{"k":1,"a":2}'],
  ])('sets the first field of %s', (json, expected) => {
    expect(spliced(json, { set: { k: '1' } })).toBe(expected)
  })

  it.each([
    ['{"k":"old","a":2}', '{"k":1,"new":[2],"a":2}'],
    ['{"k":"old"}', '{"k":1,"new":[2]}'],
    ['{"k":"a \\"new\\" one","a":"new"}', '{"k":1,"a":"new","new":[2]}'],
    ['{"k":"old","a":{"new":3}}', '{"k":1,"a":{"new":3},"new":[2]}'],
    ['{"k":"old","new":3}', '{"k":1,"new":[2]}'],
    ['{"new":"old","k":3}', '{"new":[2],"k":1}'],
    [String.raw`{"k":"old","\u006eew":"older"}`, '{"k":1,"new":[2]}'],
    ['{"k":3}', '{"k":1,"new":[2]}'],
    ['{"k" :"old"}', '{"k":1,"new":[2]}'],
  ])('sets two fields of %s', (json, expected) => {
    expect(spliced(json, { set: { new: '[2]', k: '1' } })).toBe(expected)
  })

  it('is not misled by names that every object has', () => {
    const json = '{"constructor":1,"__proto__":2,"toString":3}'
    expect(spliced(json, { set: { model: '"m"' } })).toBe(
      '{"constructor":1,"__proto__":2,"toString":3,"model":"m"}',
    )
  })

  it('keeps bytes that are no valid UTF-8', () => {
    const json = Buffer.from([...Buffer.from('{"a":"'), 0xff, 0xc3, ...Buffer.from('","k":1}')])
    const result = splice(json, { set: { k: '2' }, remove: [] })
    expect(result).toEqual(
      Buffer.from([...Buffer.from('{"a":"'), 0xff, 0xc3, ...Buffer.from('","k":2}')]),
    )
  })

  it('agrees with JSON.parse on 3,000 random objects and leaves what it does not name', () => {
    const random = createRandom(20_261_121)
    for (let round = 0; round < 3000; round += 1) {
      const members = randomMembers(random)
      const json = `${gap(random)}{${members.map((member) => member.text).join(',')}${
        members.length === 0 ? gap(random) : ''
      }}${gap(random)}`
      const edits = {
        set: random() < 0.8 ? { model: '"m"', ...(random() < 0.5 ? { b: '{"x":[1]}' } : {}) } : {},
        remove: random() < 0.5 ? ['c', 'agent_type'] : [],
      }
      const result = splice(Buffer.from(json), edits).toString()
      const expected = { ...(JSON.parse(json) as Record<string, unknown>) }
      for (const key of edits.remove) delete expected[key]
      for (const [key, value] of Object.entries(edits.set))
        expected[key] = JSON.parse(value as string)
      expect(JSON.parse(result)).toEqual(expected)
      for (const { key, text } of members) {
        if (!Object.hasOwn(edits.set, key) && !edits.remove.includes(key))
          expect(result).toContain(text.trimStart())
      }
    }
  })
})

type Random = () => number

/** mulberry32: the same objects in every run. */
function createRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!
}

const gap = (random: Random): string => pick(random, ['', '', ' ', '\n', '\t \r\n'])

// No one-letter keys with escapes: V8 13.6's JSON.parse itself takes one for another.
const spelledKeys = [
  ['model', '"model"'],
  ['model', String.raw`"\u006dodel"`],
  ['a', '"a"'],
  ['b', '"b"'],
  ['bb', String.raw`"\u0062b"`],
  ['c', '"c"'],
  ['agent_type', '"agent_type"'],
  ['', '""'],
  ['""', String.raw`"\"\""`],
  ['a\\', String.raw`"a\\"`],
  ['ключ', '"ключ"'],
] as const

function randomMembers(random: Random): { key: string; text: string }[] {
  return Array.from({ length: Math.floor(random() * 7) }, () => {
    const [key, spelled] = pick(random, spelledKeys)
    const value = randomValue(random, 3)
    return {
      key,
      text: `${gap(random)}${spelled}${gap(random)}:${gap(random)}${value}${gap(random)}`,
    }
  })
}

const scalars = [
  '1.0',
  '-0',
  '1e2',
  '12345678901234567890',
  'true',
  'null',
  '""',
  String.raw`"\\"`,
  String.raw`"\\\""`,
  String.raw`"{\"model\":1,"`,
  String.raw`"\u00e9 \ud83d\ude00 é 😀"`,
  '"]}],"',
]

function randomValue(random: Random, depth: number): string {
  if (depth === 0 || random() < 0.5) return pick(random, scalars)
  const items = Array.from({ length: Math.floor(random() * 4) }, () =>
    randomValue(random, depth - 1),
  )
  if (random() < 0.5) return `[${items.join(`${gap(random)},${gap(random)}`)}]`
  return `{${items.map((item) => `${pick(random, spelledKeys)[1]}${gap(random)}:${item}`).join(',')}}`
}

describe('spliceInTurns', () => {
  const long = JSON.stringify('Words and a "quotation" 😀\\ line by line,\n'.repeat(20_000))
  const numbers = JSON.stringify(Array.from({ length: 90_000 }, (_, at) => [at, {}]))
  it.each([
    `{"model":"a","messages":[{"role":"user","content":${long}}]}`,
    `{"messages":[{"content":${long}},{"model":"b"}],"model":"a", "stream" : true}`,
    ` {"a":${numbers} , "model" : ${long},"k":{"model":{}},"model":"twice"} `,
    `{"k":${long},"mod\\u0065l":"a","n":-1.5e3 }`,
    `{ ${' '.repeat(600_000)} }`,
    `{"text":${JSON.stringify('\\'.repeat(700_001))},"model":"x","k":"\\""}`,
    '{}',
    '{"model":1}',
  ])('edits as splice does: %#', async (json) => {
    const all: Edits[] = [
      { set: { model: '"new"', stream_options: '{"a":1}' }, remove: [] },
      { set: { model: '"new"' }, remove: ['k', 'messages'] },
      { set: {}, remove: ['model', 'stream'] },
    ]
    for (const edits of all) {
      const body = Buffer.from(json)
      const expected = JSON.parse(splice(body, edits).toString()) as unknown
      const given = JSON.parse((await spliceInTurns(body, edits)).toString()) as unknown
      expect(isDeepStrictEqual(given, expected)).toBe(true)
    }
  })
})
