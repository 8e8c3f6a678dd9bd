/** What a hostile or broken client may send: raw bytes of bodies, and texts for parameters and queries. */

const deep = 100_000

const nestedObject = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

/** Each where one field of a body should stand. */
const values = {
  null: 'null',
  true: 'true',
  number: '-1e999',
  'a fraction': '0.5',
  'a large integer': '123456789012345678901234567890',
  'an empty text': '""',
  NUL: String.raw`"a\u0000b"`,
  'a lone surrogate': String.raw`"\ud800"`,
  'a path': '"../../etc/passwd"',
  'an injection': `"' OR 1=1; DROP TABLE users --"`,
  'an empty array': '[]',
  'an array of all kinds': '[null,1,"x",[],{},true]',
  'an array at the limit of depth': '['.repeat(120) + ']'.repeat(120),
  'an empty object': '{}',
  __proto__: '{"__proto__":{"isAdmin":true,"role":"admin"},"constructor":{"prototype":{"x":1}}}',
  constructor: '"constructor"',
} as const

/** These go into one field of each body: they are stopped by their size or depth, not by where they stand. */
const largeValues = {
  'a long text': JSON.stringify('x'.repeat(300_000)),
  'a huge array': `[${'0,'.repeat(200_000)}0]`,
  'a deep array': '['.repeat(deep) + ']'.repeat(deep),
  'a deep object': nestedObject(deep),
}

/** Bodies that are broken as a whole. */
export const brokenBodies: readonly [name: string, body: string | Buffer][] = [
  ['nothing', ''],
  ['white space', ' \n '],
  ['null', 'null'],
  ['a number', '1'],
  ['a text', '"x"'],
  ['an array', '[]'],
  ['an array of objects', '[{}]'],
  ['an empty object', '{}'],
  ['half an object', '{"model":"demo/assistant","messages":['],
  ['two objects', '{}{}'],
  ['a comment', '{} // x'],
  ['NaN', '{"temperature":NaN}'],
  ['a NUL byte', '\0'],
  ['a BOM', '\ufeff{}'],
  ['deep arrays', '['.repeat(deep)],
  ['deep objects', nestedObject(deep)],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  [
    'overlong UTF-8',
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
  ],
  ['UTF-16', Buffer.from('{"model":"x"}', 'utf16le')],
  ['many keys', `{${Array.from({ length: 50_000 }, (_, n) => `"k${n}":${n}`).join()}}`],
  ['__proto__', '{"__proto__":{"role":"admin","model":"demo/assistant"},"__proto__":null}'],
  [
    'constructor',
    '{"constructor":{"prototype":{"polluted":true}},"toString":1,"hasOwnProperty":1,"length":-1}',
  ],
]

/**
 * Every field of a body that is good, wrong in every way, beside the bodies that are wrong as a whole.
 * @param good what the route takes; without one only whole bodies are sent
 */
export function* badBodies(good: object | undefined): Generator<[string, string | Buffer]> {
  yield* brokenBodies
  if (!good) return
  const fields = Object.entries(good)
  const [largest] = fields.toSorted(([, a], [, b]) => sizeOf(b) - sizeOf(a))
  for (const [name, large] of Object.entries(largeValues)) {
    yield [`x: ${name}`, withField([...fields, ['x', 1]], 'x', large)]
    if (largest) yield [`${largest[0]}: ${name}`, withField(fields, largest[0], large)]
  }
  for (const [field, value] of fields) {
    for (const [name, wrong] of Object.entries(values)) {
      yield [`${field}: ${name}`, withField(fields, field, wrong)]
    }
    const json = JSON.stringify(value)
    yield [`${field}, twice`, withField(fields, field, `${json},${JSON.stringify(field)}:null`)]
    for (const [name, wrong] of insideOf(value)) {
      yield [`${field} ${name}`, withField(fields, field, wrong)]
    }
  }
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value).length
}

function withField(fields: [string, unknown][], field: string, json: string): string {
  const members = fields.map(([key, value]) => {
    return `${JSON.stringify(key)}:${key === field ? json : JSON.stringify(value)}`
  })
  return `{${members.join()}}`
}

/** The same one level further in: fields of objects in arrays, of messages above all. */
function* insideOf(value: unknown): Generator<[string, string]> {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value]
  if (typeof first !== 'object' || first === null) return
  const fields = Object.entries(first)
  for (const [field] of fields) {
    for (const [name, wrong] of Object.entries(values)) {
      const json = withField(fields, field, wrong)
      yield [`${field}: ${name}`, Array.isArray(value) ? `[${json}]` : json]
    }
  }
}

/** Percent-encoded, for a segment of a path or a value of a query. */
export const badTexts: readonly string[] = [
  'null',
  '%00',
  '%ED%A0%80',
  '%FF%FE',
  '%',
  '%zz',
  '..%2F..%2Fetc%2Fpasswd',
  '__proto__',
  'constructor',
  'toString',
  "'%20OR%201=1%20--",
  '%F0%9F%92%A9',
  '-1',
  '1e999',
  'x'.repeat(5000),
  '%2F',
  '%0D%0Ax-injected:%201',
  '%5B%5D',
]
