import { describe, expect, it } from '@jest/globals'
import type { Message } from '@tandem/schemas'
import { startCpuClock } from '@tandem/testing'
import { checkResults, pairConversation, pairNewest, pairToolCalls } from './pair-tool-calls.ts'

const user = (content: string): Message => ({ role: 'user', content })
const says = (content: string): Message => ({ role: 'assistant', content })
const toCall = (id: string) => ({
  id,
  type: 'function' as const,
  function: { name: 'f', arguments: '{}' },
})
const asks = (...ids: string[]): Message => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map(toCall),
})
const result = (id: string, content = `of ${id}`): Message => ({
  role: 'tool',
  tool_call_id: id,
  content,
})

const question = user('q')

describe('pairConversation', () => {
  it('leaves a well-formed conversation as it is, results in any order', () => {
    const messages = [question, asks('a', 'b'), result('b'), result('a'), says(''), user('next')]
    expect(pairConversation(messages)).toEqual(messages)
    expect(pairConversation([])).toEqual([])
    const system: Message = { role: 'system', content: 'Be brief.' }
    expect(pairConversation([system])).toEqual([system])
  })

  it('leaves out calls that have no result, and what said nothing else', () => {
    expect(pairConversation([question, asks('a'), user('Never mind.')])).toEqual([
      question,
      user('Never mind.'),
    ])
    expect(pairConversation([question, asks('a', 'b'), result('b'), user('Go on.')])).toEqual([
      question,
      asks('b'),
      result('b'),
      user('Go on.'),
    ])
    expect(pairConversation([question, asks('a', 'b'), result('a')])).toEqual([
      question,
      asks('a'),
      result('a'),
    ])
  })

  it('leaves out results of other calls, and those that come late or again', () => {
    const late = [question, asks('a'), user('Never mind.'), result('a'), user('Go on.')]
    expect(pairConversation(late)).toEqual([question, user('Never mind.'), user('Go on.')])
    expect(pairConversation([question, asks('a'), result('z')])).toEqual([question])
    const twice = [result('z'), question, asks('a'), result('a'), result('a', 'x'), result('y')]
    expect(pairConversation(twice)).toEqual([question, asks('a'), result('a')])
  })

  it('gives each of several calls by one id its own result', () => {
    const both = [question, asks('f', 'f'), result('f', 'one'), result('f', 'two')]
    expect(pairConversation(both)).toEqual(both)
    expect(pairConversation(both.slice(0, 3))).toEqual([question, asks('f'), result('f', 'one')])
    // Models that count their calls begin anew in each turn.
    const counted = [question, asks('0'), result('0'), question, asks('0'), result('0', 'x')]
    expect(pairConversation(counted)).toEqual(counted)
  })

  it('leaves something to answer: a last result without its call is an error', () => {
    const alone: Message[] = [{ role: 'system', content: 'Be brief.' }, result('a')]
    expect(() => pairConversation(alone)).toThrow(/'a'.*session_id/)
    const late = [question, asks('a'), user('Never mind.'), says('ok'), result('a')]
    expect(() => pairConversation(late)).toThrow(/'a'.*right behind/)
  })

  it('is quick with many calls', () => {
    const ids = Array.from({ length: 100_000 }, (_, at) => `c${at}`)
    const messages = [question, asks(...ids), ...ids.toReversed().map((id) => result(id))]
    const spent = startCpuClock()
    expect(pairConversation(messages)).toHaveLength(messages.length)
    checkResults([question], [question, ...messages])
    expect(spent()).toBeLessThan(1500)
  })
})

describe('pairNewest', () => {
  it('knows the calls that the history ends with', () => {
    const history = [question, asks('a', 'b')]
    expect(pairNewest(history, [result('b'), result('b', 'x')])).toEqual([result('b')])
    expect(pairToolCalls(history, [result('b'), result('b', 'x')])).toEqual([question, asks('b')])
  })

  it('is in that form itself, but for empty answers of the caller', () => {
    const newest = [says(''), asks('a'), user('Never mind.')]
    expect(pairNewest([question], newest)).toEqual([says(''), user('Never mind.')])
  })

  it('keeps the results that it begins with where there is no history', () => {
    expect(pairNewest([], [result('a'), user('x')])).toEqual([result('a'), user('x')])
    expect(pairNewest([], [result('a')])).toEqual([result('a')])
  })
})

describe('checkResults', () => {
  const history = [question, asks('a', 'b')]

  it.each([
    [[result('a')]],
    [[result('b'), result('a'), user('x')]],
    [[asks('c'), result('c')]],
    [[user('no results')]],
  ])('lets pass what stands behind its call: %j', (newest) => {
    checkResults(history, newest)
  })

  it('anything goes where there is no history', () => {
    checkResults([], [result('a')])
  })

  const after = (...more: Message[]): Message[] => [...history, ...more]

  it('throws for a result that is mistyped, late, behind other words, or there already', () => {
    const known = /knows no call 'z'.* waits for a, b\./
    expect(() => checkResults(history, [result('z')])).toThrow(known)
    const gone = after(user('Never mind.'), says('ok'))
    expect(() => checkResults(gone, [result('a')])).toThrow(/went on without .*'a'.* for none/)
    const behind = [user('Here:'), result('a')]
    expect(() => checkResults(history, behind)).toThrow(/come before .* waits for a, b\./)
    const has = after(result('a'), says('ok'))
    expect(() => checkResults(has, [result('a')])).toThrow(/has the result of .*'a' already/)
  })
})
