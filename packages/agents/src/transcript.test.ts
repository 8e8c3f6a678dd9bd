import { expect, test } from '@jest/globals'
import type { AgentEvent } from '@tandem/schemas'
import { findContinuation, toMessages } from './transcript.ts'

const result = (content: string) => ({ content, artifacts: [], citations: [] })
const step: AgentEvent = { type: 'step-start', step: 1 }
const start = (callId: string): AgentEvent => ({
  type: 'tool-start',
  step: 1,
  callId,
  tool: 't',
  arguments: { x: 1 },
})
const end = (callId: string): AgentEvent => ({
  type: 'tool-end',
  callId,
  result: result(`r-${callId}`),
  ms: 1,
})
const failed = (callId: string, content: string): AgentEvent => ({
  type: 'tool-end',
  callId,
  result: { ...result(content), error: { code: 'tool_failed', retryable: false } },
  ms: 1,
})
const say = (text: string): AgentEvent => ({ type: 'text-delta', text })

function shapeOf(events: AgentEvent[]): string[] {
  return toMessages(events).map(
    ({ role, content, tool_calls: calls, tool_call_id: id }) =>
      `${role} ${JSON.stringify(content)}${calls ? ` calls ${calls.map((call) => call.id).join()}` : ''}${id ? ` of ${id}` : ''}`,
  )
}

test('turns, with results in the order of their calls', () => {
  const events = [
    step,
    say('I '),
    say('look.'),
    start('a'),
    start('b'),
    end('b'),
    end('a'),
    step,
    say('\n\n'),
    say('Done.'),
  ]
  expect(shapeOf(events)).toEqual([
    'assistant "I look." calls a,b',
    'tool "r-a" of a',
    'tool "r-b" of b',
    'assistant "Done."',
  ])
})

test('a question for approval is no message; its call is, and gets its result after the pause', () => {
  const ask: AgentEvent = { type: 'approval-needed', callId: 'w', tool: 't', arguments: {} }
  const paused = [step, start('a'), end('a'), ask, say('May I?')]
  expect(shapeOf(paused)).toEqual(['assistant null calls a,w', 'tool "r-a" of a'])
  const runStart: AgentEvent = { type: 'run-start', runId: 'r', agent: 'react', model: 'm' }
  expect(shapeOf([...paused, runStart, step, start('w'), end('w'), say('Ok.')])).toEqual([
    'assistant null calls a,w',
    'tool "r-a" of a',
    'tool "r-w" of w',
    'assistant "Ok."',
  ])
})

test("the caller's results are found at the end of a request", () => {
  const user = { role: 'user' as const, content: 'x', reasoning: undefined }
  const call = { id: 'c', type: 'function' as const, function: { name: 'f', arguments: '{}' } }
  const asked = { role: 'assistant' as const, tool_calls: [call], reasoning: undefined }
  const answer = { role: 'tool' as const, tool_call_id: 'c', content: 'y', reasoning: undefined }
  expect(findContinuation([user, asked, answer])).toEqual({
    before: [user],
    callIds: ['c'],
    results: [answer],
  })
  expect(findContinuation([user, asked])).toBeUndefined()
  expect(findContinuation([user, asked, answer, user])).toBeUndefined()
  expect(findContinuation([user, answer])).toBeUndefined()
})

test('a failure is told as one, once', () => {
  const traceback = 'ZeroDivisionError: division by zero'
  expect(
    shapeOf([step, start('a'), start('b'), failed('a', 'No answer.'), failed('b', traceback)]),
  ).toEqual([
    'assistant null calls a,b',
    'tool "Error: No answer." of a',
    `tool "${traceback}" of b`,
  ])
})
