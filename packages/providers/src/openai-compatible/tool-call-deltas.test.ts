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
