import { describe, expect, it } from '@jest/globals'
import type { ModelEvent } from '../types.ts'
import type { ToolCallDelta } from './chunk.ts'
import { createToolCallAssembly } from './tool-call-deltas.ts'

function assemble(...deltas: ToolCallDelta[]): ModelEvent[] {
  const assembly = createToolCallAssembly()
  return [...deltas.flatMap((delta) => [...assembly.add(delta)]), ...assembly.end()]
}

const callsOf = (events: ModelEvent[]) =>
  events.flatMap((event) => (event.type === 'tool-call-end' ? [event.call] : []))

const made = (...deltas: ToolCallDelta[]) =>
  callsOf(assemble(...deltas)).map((call) => [call.function.name, call.function.arguments])

/** Index, id, name and a first piece of the arguments. */
const start = (
  ...[index, id, name, text = '']: [number | undefined, string | undefined, string, string?]
) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  type: 'function',
  function: { name, arguments: text },
})
const more = (index: number | undefined, text: string) => ({
  ...(index === undefined ? {} : { index }),
  function: { arguments: text },
})

describe('tool call deltas', () => {
  it('join by index, interleaved, and every call ends after the last piece', () => {
    const events = assemble(
      start(0, 'a', 'f'),
      more(0, '{"x"'),
      start(1, 'b', 'g'),
      more(1, '{}'),
      more(0, ':1}'),
    )
    expect(events.map(({ type }) => type)).toEqual([
      'tool-call-start',
      'tool-call-delta',
      'tool-call-start',
      'tool-call-delta',
      'tool-call-delta',
      'tool-call-end',
      'tool-call-end',
    ])
    expect(callsOf(events)).toEqual([
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
      { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
    ])
  })

  it('begin a new call with a new id where the index is missing or always 0', () => {
    for (const index of [undefined, 0]) {
      const events = assemble(
        start(index, 'a', 'f', '{"n":'),
        more(index, '1}'),
        start(index, 'b', 'f', '{"n":2}'),
      )
      expect(callsOf(events).map((call) => [call.id, call.function.arguments])).toEqual([
        ['a', '{"n":1}'],
        ['b', '{"n":2}'],
      ])
    }
  })

  it('stay one call when a server repeats the id on every piece', () => {
    const events = assemble(start(0, 'a', 'f', '{'), start(0, 'a', 'f', '}'))
    expect(callsOf(events)).toHaveLength(1)
    expect(callsOf(events)[0]!.function.arguments).toBe('{}')
  })

  it('stay one call when a server sends empty ids and names later', () => {
    const events = assemble(start(0, 'a', 'f', '{'), start(0, '', '', '}'))
    expect(callsOf(events)).toEqual([
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
    ])
  })

  it.each([
    ['none', undefined, undefined],
    ['index 0 alone', 0, undefined],
    ['index 0 and empty ids', 0, ''],
    ['index 0 and one id for all', 0, 'x'],
  ])('are told apart by what they are where %s tells them apart', (_what, index, id) => {
    expect(made(start(index, id, 'f', '{"n":1}'), start(index, id, 'g', '{"n":2}'))).toEqual([
      ['f', '{"n":1}'],
      ['g', '{"n":2}'],
    ])
    expect(made(start(index, id, 'f', '{"n":1}'), start(index, id, 'f', '{"n":2}'))).toEqual([
      ['f', '{"n":1}'],
      ['f', '{"n":2}'],
    ])
    expect(made(start(index, id, 'f'), start(index, id, 'g', '{"n":2}'))).toEqual([
      ['f', '{}'],
      ['g', '{"n":2}'],
    ])
    expect(made(start(index, id, 'f', '{"n":'), start(index, id, 'f', '{"m":1}}'))).toEqual([
      ['f', '{"n":{"m":1}}'],
    ])
  })

  it('are found by their ids where the index is missing', () => {
    const events = assemble(
      start(undefined, 'a', 'f'),
      start(undefined, 'b', 'g'),
      { ...more(undefined, '{"n":1}'), id: 'a' },
      { ...more(undefined, '{"n":2}'), id: 'b' },
    )
    expect(callsOf(events).map((call) => call.function.arguments)).toEqual(['{"n":1}', '{"n":2}'])
  })

  it.each([undefined, ''])('take a name that comes after the id and after %j', (first) => {
    const head = { index: 0, id: 'a', function: { name: first, arguments: '' } }
    expect(callsOf(assemble(head, start(0, undefined, 'f', '{}')))).toEqual([
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
    ])
  })

  it('stay one call when the id comes late, or the whole call once more', () => {
    const late = callsOf(assemble(start(0, undefined, 'f'), start(0, 'a', 'f', '{"n":1}')))
    expect(late.map((call) => call.function.arguments)).toEqual(['{"n":1}'])
    const whole = start(0, 'a', 'f', '{"n":1}')
    expect(callsOf(assemble(whole, whole))).toHaveLength(1)
  })

  it('have an id of ours where the server gives none, the same from start to end', () => {
    const [first, second] = assemble(start(0, undefined, 'f'))
    expect(first).toMatchObject({
      type: 'tool-call-start',
      id: expect.stringMatching(/^call_\w{24}$/),
    })
    expect(second).toMatchObject({
      type: 'tool-call-end',
      call: { id: (first as { id: string }).id },
    })
  })

  it('have an id of ours where the server gives an empty one', () => {
    expect(callsOf(assemble(start(0, '', 'f')))[0]!.id).toMatch(/^call_\w{24}$/)
  })

  it('have {} for arguments where there are none', () => {
    expect(callsOf(assemble(start(0, 'a', 'f')))[0]!.function.arguments).toBe('{}')
  })

  it('keep counting from 0 whatever the wire counts from', () => {
    const events = assemble(start(3, 'a', 'f'), start(7, 'b', 'g'), more(3, '{}'))
    expect(events.map((event) => (event as { index: number }).index)).toEqual([0, 1, 0, 0, 1])
  })

  it('of nothing are nothing', () => {
    expect(assemble()).toEqual([])
  })
})
