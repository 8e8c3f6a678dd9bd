/** What must hold for every run, whatever happened in it. */
import { expect } from '@jest/globals'
import type { AgentEvent, Message } from '@tandem/schemas'
import { toMessages } from '../../src/index.ts'

export function checkEvents(events: readonly AgentEvent[]): void {
  expect(events[0]?.type).toBe('run-start')
  expect(events.at(-1)?.type).toBe('run-end')
  expect(events.filter(({ type }) => type === 'run-end')).toHaveLength(1)
  const started = new Set<string>()
  const ended = new Set<string>()
  for (const event of events) {
    if (event.type === 'tool-start') {
      expect(started).not.toContain(event.callId)
      started.add(event.callId)
    }
    if (event.type === 'tool-progress') expect(started).toContain(event.callId)
    if (event.type === 'tool-end') {
      expect(started).toContain(event.callId)
      expect(ended).not.toContain(event.callId)
      ended.add(event.callId)
    }
  }
  expect(ended).toEqual(started)
  checkMessages(toMessages(events), waitingIn(events))
}

function waitingIn(events: readonly AgentEvent[]): Set<string> {
  const ids = events.flatMap((event) => {
    if (event.type === 'approval-needed') return [event.callId]
    return event.type === 'caller-tool-calls' ? event.calls.map(({ id }) => id) : []
  })
  return new Set(ids)
}

/** A history that every provider takes: ids unique, JSON arguments, each call answered at once and once. */
export function checkMessages(
  messages: readonly Message[],
  waiting: ReadonlySet<string> = new Set(),
): void {
  const seen = new Set<string>()
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant' || !message.tool_calls) continue
    const ids = message.tool_calls.map(({ id }) => id)
    for (const { id, function: call } of message.tool_calls) {
      expect(id).not.toBe('')
      expect(seen).not.toContain(id)
      seen.add(id)
      expect(call.name).toMatch(/^[\w-]{1,64}$/)
      expect(() => JSON.parse(call.arguments)).not.toThrow()
    }
    const answers: string[] = []
    for (const next of messages.slice(index + 1)) {
      if (next.role !== 'tool') break
      answers.push(next.tool_call_id ?? '')
    }
    expect(answers).toEqual(ids.filter((id) => !waiting.has(id) || answers.includes(id)))
  }
  const orphans = messages.filter(
    ({ role, tool_call_id: id }) => role === 'tool' && !seen.has(id ?? ''),
  )
  expect(orphans).toEqual([])
}
