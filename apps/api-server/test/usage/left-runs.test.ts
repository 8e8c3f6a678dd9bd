import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { UsageRecord } from '@tandem/db'
import {
  chatChunks,
  sseReply,
  startFakeModelServer,
  usageOf,
  type FakeModelServer,
  type Reply,
} from '@tandem/testing'
import { startWithTools } from '../agents/local-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

let upstream: FakeModelServer
let gateway: Gateway
let records: UsageRecord[]

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startWithTools({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
  gateway.deps.usage.record = (row) => void records.push(row)
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => {
  records = []
})
afterEach(() => upstream.reset())

const sse = { 'content-type': 'text/event-stream' }
const calls = (expression: string, usage?: ReturnType<typeof usageOf>): Reply => {
  const toolCalls = [{ name: 'calculator', arguments: { expression } }]
  return sseReply(chatChunks({ toolCalls, ...(usage && { usage }) }))
}
/** An answer that stays in the middle of its 20 characters. */
const hangs: Reply = {
  headers: sse,
  chunks: [
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(20) } }] })}\n\n`,
    { hang: true },
  ],
}

async function readUntil(reader: ReadableStreamDefaultReader<string>, text: string): Promise<void> {
  for (let seen = ''; !seen.includes(text);) seen += (await reader.read()).value ?? ''
}

interface Run {
  status: string
  model_calls: number
  tool_calls: number
  steps: number
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number }
}

/** Leaves once the upstream was asked `times` times and something of the answer has come. */
async function leaveAt(times: number, text?: string): Promise<{ record: UsageRecord; run: Run }> {
  const controller = new AbortController()
  const body = {
    model: 'lmstudio/fake-model',
    agent_type: 'react',
    stream: true,
    messages: [{ role: 'user', content: 'What is 6*7?' }],
  }
  const response = await gateway.post(
    '/v1/chat/completions',
    {},
    { body: JSON.stringify(body), signal: controller.signal },
  )
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  await upstream.received(times - 1)
  if (text !== undefined) await readUntil(reader, text)
  controller.abort()
  await waitUntil(() => records.length > 0)
  expect(records).toHaveLength(1)
  const id = response.headers.get('x-agent-run-id')
  return { record: records[0]!, run: await settled(`/api/agent/runs/${id}`) }
}

async function settled(path: string): Promise<Run> {
  for (;;) {
    const run = (await (await gateway.get(path)).json()) as Run
    if (run.status !== 'running') return run
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('a client that leaves in the middle of a run has spent', () => {
  it('all calls that were made, the last as far as it came', async () => {
    upstream.reply(calls('6*7', usageOf(1000, 100)), calls('1+1', usageOf(2000, 200)), hangs)
    const { record, run } = await leaveAt(3, 'xxxx')
    expect(record).toMatchObject({ status: 499, estimated: true, completionTokens: 305 })
    // The third prompt is estimated.
    expect(record.promptTokens).toBeGreaterThan(3000)
    expect(record.promptTokens).toBeLessThan(4000)
    expect(run).toMatchObject({ status: 'cancelled', model_calls: 3, tool_calls: 2, steps: 3 })
    expect(run.usage).toMatchObject({
      prompt_tokens: record.promptTokens,
      completion_tokens: record.completionTokens,
    })
  })

  it('what was estimated, where the provider tells nothing', async () => {
    upstream.reply(calls('6*7'), hangs)
    const { record } = await leaveAt(2, 'xxxx')
    expect(record).toMatchObject({ status: 499, estimated: true })
    const name = 'calculator'.length + '{"expression":"6*7"}'.length
    expect(record.completionTokens).toBe(Math.ceil(name / 4) + 5)
    expect(record.promptTokens).toBeGreaterThan(50)
  })

  it('a prompt that is answered with nothing yet', async () => {
    upstream.reply(calls('6*7', usageOf(1000, 100)), { headers: sse, chunks: ['', { hang: true }] })
    const { record, run } = await leaveAt(2)
    expect(record).toMatchObject({ status: 499, estimated: true, completionTokens: 100 })
    expect(record.promptTokens).toBeGreaterThan(1000)
    expect(run.model_calls).toBe(2)
  })
})

it('a run that ends has spent what its end tells, and nothing is estimated', async () => {
  upstream.reply(
    calls('6*7', usageOf(1000, 100)),
    sseReply(chatChunks({ content: '42', usage: usageOf(2000, 5) })),
  )
  const response = await gateway.post('/v1/chat/completions', {
    model: 'react/lmstudio/fake-model',
    messages: [{ role: 'user', content: 'What is 6*7?' }],
  })
  expect(await response.json()).toMatchObject({
    usage: { prompt_tokens: 3000, completion_tokens: 105, total_tokens: 3105 },
  })
  await waitUntil(() => records.length > 0)
  expect(records).toEqual([
    expect.objectContaining({ promptTokens: 3000, completionTokens: 105, estimated: false }),
  ])
})
