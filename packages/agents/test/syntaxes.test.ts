/** The scanner: whatever way a reply is cut into pieces, the same is shown and the same is called. */
import { describe, expect, test } from '@jest/globals'
import { array, assert, constantFrom, integer, oneof, property, string } from 'fast-check'
import { createScanner } from '../src/prompted/scanner.ts'

const names = new Set(['add', 'find'])

function scan(text: string, sizes: readonly number[], prompted: boolean) {
  const scanner = createScanner({ names, prompted })
  let shown = ''
  let at = 0
  for (let turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    shown += scanner.push(text.slice(at, at + size))
    at += size
  }
  return { shown: shown + scanner.end(), calls: scanner.calls }
}

const parts = constantFrom(
  'Hello ',
  '\n',
  ' ',
  '```',
  '```json\n',
  '```tool_call\n',
  '{"name": "add", "arguments": {"a": "x\\ny `<tool_call>`"}}',
  '{"name": "fly", "arguments": {}}',
  '{"answer": 1}',
  '\n```\n',
  '<tool_call>',
  '</tool_call>',
  '<function=add>',
  '<parameter=a>1</parameter></function>',
  '<|python_tag|>',
  '[TOOL_CALLS]',
  '[{"name":"find","arguments":{}}]',
  'add[ARGS]{"a":1}',
  'Action: add\n',
  'Action: rest\n',
  'Action Input: {"a": 2}',
  '\nObservation: 3',
  '`',
  '~~~\n',
  '**Action:** find\n',
  'a < b',
)

test.each([false, true])('pieces make no difference (prompted: %s)', (prompted) => {
  assert(
    property(
      array(oneof({ weight: 6, arbitrary: parts }, { weight: 1, arbitrary: string() }), {
        maxLength: 8,
      }),
      array(integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      (texts, sizes) => {
        const text = texts.join('')
        const whole = scan(text, [Math.max(1, text.length)], prompted)
        expect(scan(text, sizes, prompted)).toEqual(whole)
        if (whole.calls.length === 0) expect(whole.shown).toBe(text)
        else expect(text.startsWith(whole.shown)).toBe(true)
      },
    ),
    { numRuns: 3000, interruptAfterTimeLimit: 20_000 },
  )
})

describe('streaming', () => {
  test('text goes out as it comes, up to what may begin a call', () => {
    const scanner = createScanner({ names, prompted: true })
    expect(scanner.push('Hello, ')).toBe('Hello, ')
    expect(scanner.push('look <')).toBe('look ')
    expect(scanner.push('b>')).toBe('<b>')
    expect(scanner.push('\n``')).toBe('\n')
    expect(scanner.push('`python\nx')).toBe('```python\nx')
  })

  test('an answer in JSON streams once its first key is known', () => {
    const scanner = createScanner({ names, prompted: false })
    expect(scanner.push('{"a')).toBe('')
    expect(scanner.push('nswer": ')).toBe('{"answer": ')
    const other = createScanner({ names, prompted: false })
    expect(other.push('{"name": "Al')).toBe('')
    expect(other.push('ice",')).toBe('{"name": "Alice",')
  })

  test('a long call takes time in proportion', () => {
    const scanner = createScanner({ names, prompted: true })
    scanner.push('```tool_call\n{"name": "add", "arguments": {"a": "')
    const startedAt = process.cpuUsage()
    for (let index = 0; index < 100_000; index += 1) scanner.push('some `te')
    const { user } = process.cpuUsage(startedAt)
    scanner.push('"}}\n```')
    expect(scanner.end()).toBe('')
    expect(scanner.calls[0]?.arguments.length).toBeGreaterThan(700_000)
    expect(user / 1000).toBeLessThan(4000)
  })
})

describe('bodies', () => {
  test.each([
    [
      'arguments that hold a fence',
      '```tool_call\n{"name":"add","arguments":{"md":"```js\\nx\\n```"}}\n```',
      '{"md":"```js\\nx\\n```"}',
    ],
    [
      'raw line ends in a string',
      '```tool_call\n{"name":"add","arguments":{"code":"a\nb"}}\n```',
      '{"code":"a\\nb"}',
    ],
    [
      'arguments that are a string of JSON',
      '<tool_call>{"name":"add","arguments":"{\\"a\\":1}"}</tool_call>',
      '{"a":1}',
    ],
    [
      "OpenAI's own shape",
      '<tool_call>{"type":"function","function":{"name":"add","arguments":"{}"}}</tool_call>',
      '{}',
    ],
    [
      'a closing tag in a string',
      '<tool_call>{"name":"add","arguments":{"a":"</tool_call>"}}</tool_call>',
      '{"a":"</tool_call>"}',
    ],
    ['ReAct with a plain text', 'Action: add\nAction Input: just this', '"just this"'],
    ["the paper's brackets", 'Action: add[just this]', '"just this"'],
  ])('%s', (_, text, expected) => {
    const { calls, shown } = scan(text, [3], true)
    expect(calls).toEqual([{ name: 'add', arguments: expected }])
    expect(shown).toBe('')
  })

  test('several, in several ways', () => {
    expect(
      scan(
        '<tool_call>[{"name":"add","arguments":{}},{"name":"find","arguments":{}}]</tool_call>',
        [2],
        false,
      ).calls,
    ).toHaveLength(2)
    expect(
      scan('{"name":"add","parameters":{}}; {"name":"find","parameters":{}}', [2], false).calls,
    ).toHaveLength(2)
    expect(
      scan('Action: add\nAction Input: {}\nAction: find\nAction Input: {}', [2], false).calls,
    ).toHaveLength(2)
  })

  test('a whole reply in a json fence is a call only where calls are asked for', () => {
    const text = '```json\n{"name": "add", "arguments": {}}\n```'
    expect(scan(text, [4], true).calls).toHaveLength(1)
    expect(scan(text, [4], false)).toEqual({ shown: text, calls: [] })
    expect(scan(`Like so:\n${text}`, [4], true).calls).toEqual([])
  })

  test('a call that broke off is never shown', () => {
    const { shown, calls } = scan('Wait. <tool_call>{"name": "add", "argu', [3], false)
    expect(shown).toBe('Wait. ')
    expect(calls).toEqual([{ name: 'add', arguments: '{"name": "add", "argu' }])
  })
})
