import { describe, expect, it } from '@jest/globals'
import type { Message } from '@tandem/schemas'
import { estimateMessage } from './estimate-tokens.ts'
import { fitHistory } from './fit-history.ts'
import { pairToolCalls } from './pair-tool-calls.ts'

const user = (content: string): Message => ({ role: 'user', content })
const says = (content: string): Message => ({ role: 'assistant', content })
const asks = (...ids: string[]): Message => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({
    id,
    type: 'function' as const,
    function: { name: 'f', arguments: '{}' },
  })),
})
const result = (id: string): Message => ({ role: 'tool', tool_call_id: id, content: `of ${id}` })

const costOf = (messages: readonly Message[]): number =>
  messages.reduce((sum, message) => sum + estimateMessage(message), 0)

describe('fitHistory', () => {
  const turns = ['one', 'two', 'three'].map((word) => [user(word), says(`${word}!`)])
  const history = turns.flat()

  it('keeps all that fits, to the token', () => {
    expect(fitHistory(history, [user('x')], Infinity)).toEqual(history)
    expect(fitHistory(history, [user('x')], costOf(history))).toEqual(history)
    expect(fitHistory(history, [user('x')], costOf(history) - 1)).toEqual(turns.slice(1).flat())
  })

  it('leaves out whole turns, the oldest first, and all of them where there is no room', () => {
    expect(fitHistory(history, [user('x')], costOf(turns[2]!) + 1)).toEqual(turns[2])
    expect(fitHistory(history, [user('x')], costOf(turns[2]!) - 1)).toEqual([])
    expect(fitHistory(history, [user('x')], -5)).toEqual([])
  })

  it('begins with a user, where the window begins in the middle of a turn', () => {
    expect(fitHistory(history.slice(1), [user('x')], Infinity)).toEqual(history.slice(2))
  })

  it('never parts a call from its results, whatever the room', () => {
    const tooled = [
      user('first'), asks('a', 'b'), result('a'), result('b'), says('done'),
      user('second'), asks('c'), result('c'), asks('d', 'e'),
    ] // prettier-ignore
    const newest = [result('d'), result('e')]
    for (let room = 0; room <= costOf(tooled) + 10; room += 1) {
      const kept = fitHistory(tooled, newest, room)
      expect(kept.at(-1)).toEqual(asks('d', 'e'))
      const prompt = [...kept, ...newest]
      expect(pairToolCalls(kept, newest)).toEqual(kept)
      expect(prompt[0]!.role).not.toBe('tool')
      // Beyond the call that is being answered nothing goes over the room.
      expect(kept.length === 1 || costOf(kept) <= room).toBe(true)
    }
    expect(fitHistory(tooled, newest, costOf(tooled.slice(6)))).toEqual(tooled.slice(6))
    expect(fitHistory(tooled, newest, costOf(tooled.slice(5)))).toEqual(tooled.slice(5))
    expect(fitHistory(tooled, newest, costOf(tooled) - 1)).toEqual(tooled.slice(5))
  })
})

describe('pairToolCalls', () => {
  const question = user('q')

  it('leaves well-formed history as it is', () => {
    const history = [question, asks('a', 'b'), result('b'), result('a'), says('done')]
    expect(pairToolCalls(history, [user('next')])).toEqual(history)
    expect(pairToolCalls([question, asks('a')], [result('a')])).toEqual([question, asks('a')])
  })

  it('leaves out calls that nobody answered, and what said nothing else', () => {
    expect(pairToolCalls([question, asks('a')], [user('never mind')])).toEqual([question])
    const spoke = { ...asks('a'), content: 'Let me see.' }
    expect(pairToolCalls([question, spoke], [user('never mind')])).toEqual([
      question,
      says('Let me see.'),
    ])
    expect(pairToolCalls([question, asks('a', 'b'), result('b'), says('ok')], [])).toEqual([
      question,
      asks('b'),
      result('b'),
      says('ok'),
    ])
  })

  it('leaves out results whose call is not there', () => {
    expect(pairToolCalls([result('a'), says('done')], [])).toEqual([says('done')])
    expect(pairToolCalls([question, asks('a'), result('z')], [result('a')])).toEqual([
      question,
      asks('a'),
    ])
    expect(pairToolCalls([question, says('x'), result('a')], [])).toEqual([question, says('x')])
  })

  it('leaves out answers that were cut before the first word', () => {
    expect(pairToolCalls([question, says('')], [user('again')])).toEqual([question])
    const refusal: Message = { role: 'assistant', content: null, refusal: 'No.' }
    expect(pairToolCalls([question, refusal], [])).toEqual([question, refusal])
  })

  it('knows a call that the client sends once more with its result', () => {
    expect(pairToolCalls([question, asks('a')], [asks('a'), result('a')])).toEqual([question])
  })
})
