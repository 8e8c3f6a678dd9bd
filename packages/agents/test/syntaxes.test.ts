/** The scanner: whatever way a reply is cut into pieces, the same is shown and the same is called. */
import { describe, expect, test } from '@jest/globals'
import { array, assert, constantFrom, integer, oneof, property, string } from 'fast-check'
import { createScanner, type ScannerOptions } from '../src/prompted/scanner.ts'

const names = new Set(['add', 'find'])

function scan(
  text: string,
  sizes: readonly number[],
  how: boolean | Omit<ScannerOptions, 'names'>,
) {
  const options = typeof how === 'boolean' ? { prompted: how } : how
  const scanner = createScanner({ names, ...options })
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
  '{"type": "function", "x": [1]}',
  '{"arguments": {}, "name": "find"}',
  '<think>',
  '</think>',
  '\r\n',
  '<tool_call >',
  '```python\r\n',
  '[',
  ', ',
  ']',
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
    const third = createScanner({ names, prompted: true })
    expect(third.push('[{"arguments": {"b": 1}')).toBe('')
    expect(third.push('}, ')).toBe('[{"arguments": {"b": 1}}, ')
  })

  const call = '{"name": "add", "arguments": {"a": 1}}\n'
  test.each([
    ['JSON lines', '{"type": "row", "n": 1}\n'.repeat(4000)],
    ['JSON lines that are nearly calls', '{"arguments": {}, "type": "row"}\n'.repeat(4000)],
    ['JSON lines of calls, with a word behind them', call.repeat(4000)],
    [
      'a list of objects',
      JSON.stringify(
        Array.from({ length: 4000 }, (_, n) => ({ arguments: {}, n })),
        null,
        2,
      ),
    ],
    ['tags of tools that nobody has', 'a <tool_call>{"name": "fly"} b\n'.repeat(4000)],
    ['functions that nobody has', 'a <tool_call><function=fly> b\n'.repeat(4000)],
  ])('%s take time in proportion', (_, text) => {
    for (const prompted of [false, true]) {
      const startedAt = process.cpuUsage()
      scan(`${text}\nThat is all.`, [20], prompted)
      const { user } = process.cpuUsage(startedAt)
      expect(user / 1000).toBeLessThan(1500)
    }
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

  test.each([
    ['a list', '[{"name": "add", "parameters": {}}, {"name": "add", "parameters": {}}]', 2],
    ['a blank in the tag', '<tool_call >\n{"name": "add", "arguments": {}}\n</tool_call >', 1],
    ['the opening tag for the closing one', '<tool_call>\n{"name": "add"}\n<tool_call>', 1],
    ['tags that are never closed', '<tool_call>{"name": "add"}\n<tool_call>{"name": "add"}', 2],
    ['a fence on one line', '```tool_call {"name": "add", "arguments": {}} ```', 1],
    ['CRLF', '```tool_call\r\n{"name": "add", "arguments": {}}\r\n```\r\n', 1],
    ['a bracket too few', '{"name": "add", "parameters": {"a": 1}', 1],
    ['a bracket too many', '{"name": "add", "parameters": {"a": 1}}}', 1],
    ['thoughts before it', '<think>\nHm.\n</think>\n{"name": "add", "parameters": {}}', 1],
  ])('%s', (_, text, count) => {
    for (const prompted of [false, true]) {
      for (const size of [1, 5, 1000]) {
        const { calls, shown } = scan(text, [size], prompted)
        expect(calls.map(({ name }) => name)).toEqual(Array(count).fill('add'))
        expect(shown.replace(/<think>.*<.think>/s, '').trim()).toBe('')
      }
    }
  })

  test('a call after a block of code is one, whatever ends the lines', () => {
    const text = 'Look:\n```python\nprint(1)\n```\nNow:\n```tool_call\n{"name": "add"}\n```'
    for (const lines of [text, text.replaceAll('\n', '\r\n')]) {
      for (const size of [1, 3, 1000]) expect(scan(lines, [size], true).calls).toHaveLength(1)
    }
  })

  test('thoughts hold no calls', () => {
    const call = '<tool_call>{"name": "add", "arguments": {}}</tool_call>'
    for (const text of [`<think>Perhaps ${call}, or not.</think>It is 42.`, `<think>${call}`]) {
      for (const size of [1, 1000]) {
        expect(scan(text, [size], true)).toEqual({ shown: text, calls: [] })
      }
    }
    expect(scan(`A <think> tag.\n${call}`, [3], true).calls).toHaveLength(1)
  })

  const answers = [
    '{"action": "add", "confidence": 0.9}',
    '{"tool": "add", "why": "It is asked for."}',
    '{"name": "add"}',
    '{"name": "add", "description": "Adds."}',
    '{"name": "add", "description": "Adds.", "parameters": {"type": "object"}}',
    '{"type": "function", "function": {"name": "add", "description": "", "parameters": {}}}',
    '{"action": "add", "args": {}}',
  ]
  test.each(answers)(
    'the answer %s is no call where calls are native, or JSON is asked for',
    (text) => {
      for (const size of [1, 1000]) {
        expect(scan(text, [size], false)).toEqual({ shown: text, calls: [] })
        expect(scan(text, [size], { prompted: true, json: true })).toEqual({
          shown: text,
          calls: [],
        })
      }
    },
  )

  test('JSON that was asked for is an answer where calls are native, even if it is just like one', () => {
    const text = '{"name": "add", "arguments": {"a": 1}}'
    expect(scan(text, [3], { prompted: false, json: true })).toEqual({ shown: text, calls: [] })
    expect(scan(text, [3], { prompted: true, json: true }).calls).toHaveLength(1)
    expect(
      scan(`<tool_call>${text}</tool_call>`, [3], { prompted: false, json: true }).calls,
    ).toHaveLength(1)
  })

  test('calls of which the last is cut are not shown', () => {
    const text = '{"name": "add", "parameters": {}}\n{"name": "find", "par'
    const { shown, calls } = scan(text, [3], false)
    expect(shown).toBe('')
    expect(calls.map(({ name }) => name)).toEqual(['add', 'find'])
  })

  test('a call that broke off is never shown', () => {
    const { shown, calls } = scan('Wait. <tool_call>{"name": "add", "argu', [3], false)
    expect(shown).toBe('Wait. ')
    expect(calls).toEqual([{ name: 'add', arguments: '{"name": "add", "argu' }])
  })
})
