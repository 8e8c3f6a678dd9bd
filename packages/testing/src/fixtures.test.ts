import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  fixtureNames,
  fixtureReply,
  loadFixture,
  splitEvents,
  startFakeModelServer,
  type FakeModelServer,
} from './index.ts'

let server: FakeModelServer

beforeAll(async () => {
  server = await startFakeModelServer()
})
afterAll(() => server.close())

const streams = fixtureNames.filter((name) => name.endsWith('.sse'))
const documents = fixtureNames.filter((name) => name.endsWith('.json'))

it('names every file', () => {
  const files = readdirSync(new URL('fixtures', import.meta.url))
  expect(files.toSorted()).toEqual(fixtureNames.toSorted())
})

it.each(streams)('%s is whole events of JSON', (name) => {
  const events = splitEvents(loadFixture(name)).map(String)
  const ending = name.endsWith('-error.sse') ? undefined : events.pop()
  expect(ending).toBe(name.endsWith('-error.sse') ? undefined : 'data: [DONE]\n\n')
  for (const event of events) {
    expect(event).toMatch(/^(event: error\n)?data: \{.*\}\n\n$/)
    expect(JSON.parse(event.slice(event.indexOf('{')))).toBeInstanceOf(Object)
  }
})

it.each(documents)('%s is JSON', (name) => {
  expect(JSON.parse(loadFixture(name).toString())).toBeInstanceOf(Object)
})

it.each(fixtureNames)('%s goes over the wire byte for byte', async (name) => {
  server.reply(fixtureReply(name))
  const response = await fetch(`${server.baseUrl}/chat/completions`, { method: 'POST', body: '{}' })
  expect(Buffer.from(await response.arrayBuffer()).equals(loadFixture(name))).toBe(true)
  const type = name.endsWith('.sse') ? 'text/event-stream' : 'application/json'
  expect(response.headers.get('content-type')).toContain(type)
  const failed = /(overflow|bad-key|quota|rate-limit|unknown-model)/.test(name)
  expect(response.ok).toBe(!failed)
})

describe('splitEvents', () => {
  it('keeps an unfinished event last, and every byte', () => {
    const bytes = Buffer.from('data: a\n\n: c\n\ndata: b')
    expect(splitEvents(bytes).map(String)).toEqual(['data: a\n\n', ': c\n\n', 'data: b'])
    expect(splitEvents(Buffer.alloc(0))).toEqual([])
  })
})
