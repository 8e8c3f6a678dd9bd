/** A run that pauses again and again is resumed from its log alone, with a valid history each time. */
import { expect, test } from '@jest/globals'
import type { AgentEvent, Message } from '@tandem/schemas'
import * as fc from 'fast-check'
import { toMessages, toResultEvents, type Decision } from '../src/index.ts'
import { drive, eventsOf, type Driven } from './support/drive.ts'
import { checkMessages } from './support/invariants.ts'
import { reply } from './support/random-replies.ts'
import { scriptedModel } from './support/scripted-model.ts'

const mostParts = 12

/** Replies that call what makes a run pause, among others that do not. */
const pausingCall = fc.oneof(
  fc.record({ name: fc.constant('ask_user'), args: fc.record({ q: fc.nat() }) }),
  fc.record({
    name: fc.constant('write_file'),
    args: fc.record({ name: fc.string(), content: fc.string() }),
  }),
  fc.record({ name: fc.constant('add'), args: fc.record({ a: fc.nat() }) }),
)
const replies = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ calls: fc.array(pausingCall, { minLength: 1, maxLength: 4 }) }),
    },
    { weight: 1, arbitrary: reply },
    {
      weight: 1,
      arbitrary: fc.constant({
        text: '{"steps":[{"task":"A"},{"task":"B"},{"task":"C","depends_on":["1"]}]}',
      }),
    },
  ),
  { minLength: 1, maxLength: 14 },
)

/** What the outside brings to a paused run: at least one of the things that it waits for. */
function bring(part: Driven, log: readonly AgentEvent[], choice: readonly boolean[]) {
  const chosen = <Item>(items: readonly Item[]): Item[] =>
    items.filter((_, index) => index === 0 || choice[index % choice.length])
  const asked = chosen(eventsOf(part, 'approval-needed'))
  const decisions = asked.map(({ callId }, index): [string, Decision] => [
    callId,
    { approved: choice[index % choice.length] ?? true },
  ])
  const calls = chosen(eventsOf(part, 'caller-tool-calls').flatMap((event) => event.calls))
  const results = calls.map((call): Message => ({
    role: 'tool',
    tool_call_id: call.id,
    content: `result of ${call.id}`,
    reasoning: undefined,
  }))
  return { approvals: Object.fromEntries(decisions), added: toResultEvents(log, results) }
}

test('any run can pause in any way and go on', async () => {
  let pauses = 0
  await fc.assert(
    fc.asyncProperty(
      replies,
      fc.constantFrom('react' as const, 'plan_execute' as const, 'auto' as const),
      fc.constantFrom('native' as const, 'prompted' as const),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
      // oxlint-disable-next-line max-params
      async (script, agent, tools, choice) => {
        const model = scriptedModel(script, { piece: 50, capabilities: { tools } })
        const log: AgentEvent[] = []
        let approvals: Record<string, Decision> = {}
        for (let part = 0; part < mostParts; part += 1) {
          // `drive` checks the events of this part, and every history that the model was given.
          const driven = await drive({
            agent,
            model,
            ask: 'Write about A and B',
            deps: { approval: ({ name }) => (name === 'write_file' ? 'ask' : 'allow') },
            request: {
              tools: [
                {
                  type: 'function',
                  function: { name: 'ask_user', parameters: { type: 'object' } },
                },
              ],
            },
            run: {
              limits: { iterations: 4, toolCalls: 8, modelCalls: 12, stepIterations: 3 },
              ...(log.length > 0 && { resume: { events: structuredClone(log), approvals } }),
            },
          })
          log.push(...driven.events)
          if (!['waiting_approval', 'caller_tools'].includes(driven.end.stopReason)) break
          pauses += 1
          const brought = bring(driven, log, choice)
          log.push(...brought.added)
          approvals = brought.approvals
        }
        checkLog(log)
      },
    ),
    { numRuns: 80, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
  )
  expect(pauses).toBeGreaterThan(20)
}, 120_000)

/** No call is made twice, and what the log tells is a history that models accept but for what still waits. */
function checkLog(log: readonly AgentEvent[]): void {
  const started = log.flatMap((event) => (event.type === 'tool-start' ? [event.callId] : []))
  expect(new Set(started).size).toBe(started.length)
  const waiting = log.flatMap((event) => {
    if (event.type === 'approval-needed') return [event.callId]
    return event.type === 'caller-tool-calls' ? event.calls.map(({ id }) => id) : []
  })
  checkMessages(toMessages(log), new Set(waiting))
}

const result = (id: string): Message => ({
  role: 'tool',
  tool_call_id: id,
  content: [{ type: 'text', text: 'yes' }],
  reasoning: undefined,
})

test('results of calls that the run never handed out are left out, and none is taken twice', () => {
  const call = {
    id: 'c1',
    type: 'function' as const,
    function: { name: 'f', arguments: '{"a":1}' },
  }
  const log: AgentEvent[] = [
    { type: 'step-start', step: 3 },
    { type: 'caller-tool-calls', calls: [call] },
  ]
  const events = toResultEvents(log, [result('c0'), result('c1'), result('c1')])
  expect(events).toEqual([
    { type: 'tool-start', step: 3, callId: 'c1', tool: 'f', arguments: { a: 1 } },
    {
      type: 'tool-end',
      callId: 'c1',
      result: { content: 'yes', artifacts: [], citations: [] },
      ms: 0,
    },
  ])
  expect(toResultEvents([...log, ...events], [result('c1')])).toEqual([])
})
