/** What users read is snake_case throughout, whatever our own words are. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { chatChunks, sseReply, startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { startWithTools } from '../agents/local-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startWithTools({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const artifact = { file_id: 'file-report', name: 'report.txt', media_type: 'text/plain', bytes: 3 }

/** Keys of ours in camelCase, wherever they stand; JSON Schemas and what a caller said are not ours. */
function camelKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(/[a-z][A-Z]/.test(key) ? [key] : []),
    ...(key === 'parameters' || key === 'arguments' ? [] : camelKeys(inner)),
  ])
}

/** The JSON of each event. */
function dataOf(text: string): Record<string, unknown>[] {
  return [...text.matchAll(/^data: (\{.*)$/gm)].map(
    ([, data = '']) => JSON.parse(data) as Record<string, unknown>,
  )
}

async function runAgent(body: object): Promise<Response> {
  upstream.reset()
  upstream.reply(
    sseReply(chatChunks({ toolCalls: [{ name: 'report', arguments: {} }] })),
    sseReply(chatChunks({ content: 'Done [1]' })),
  )
  return gateway.post('/v1/chat/completions', {
    model: 'react/lmstudio/m',
    messages: [{ role: 'user', content: 'Report' }],
    ...body,
  })
}

describe('in snake_case', () => {
  it.each([
    ['POST /api/tools/{name}', '/api/tools/report', {}],
    ['POST /call_tool', '/call_tool', { name: 'report', kwargs: {} }],
    ['POST /api/v1/functions/{name}/execute', '/api/v1/functions/report/execute', {}],
  ])('%s', async (_name, path, body) => {
    const result = (await (await gateway.post(path, body)).json()) as Record<string, unknown>
    expect(camelKeys(result)).toEqual([])
    expect(result['artifacts']).toEqual([
      { ...artifact, url: expect.any(String), expires_at: expect.any(Number) },
    ])
  })

  it.each(['summary', 'full'])('a run beside its streamed answer, trace %s', async (trace) => {
    const text = await (await runAgent({ stream: true, x_agent: { trace } })).text()
    const frames = dataOf(text).flatMap(({ x_agent: frame }) => (frame ? [frame] : []))
    expect(frames.length).toBeGreaterThan(3)
    expect(camelKeys(frames)).toEqual([])
    expect(frames).toContainEqual(
      expect.objectContaining({ type: 'tool-end', artifacts: [artifact] }),
    )
  })

  it('a run in its whole answer, and in its log', async () => {
    const response = await runAgent({})
    const whole = (await response.json()) as Record<string, unknown>
    expect(camelKeys(whole)).toEqual([])
    expect(whole['x_agent']).toMatchObject({
      artifacts: [{ ...artifact, url: expect.any(String) }],
      tools: [{ artifacts: [artifact] }],
    })
    const id = response.headers.get('x-agent-run-id')
    const events = dataOf(await (await gateway.get(`/api/agent/runs/${id}/events`)).text())
    expect(camelKeys(events)).toEqual([])
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'tool-end',
        result: expect.objectContaining({
          artifacts: [artifact],
          citations: [{ n: 1, title: 'Doors', url: 'https://doors.example/' }],
        }),
      }),
    )
  })

  it('a plan', async () => {
    const steps = [
      { task: 'Report', tool_hint: 'report', done_when: 'It is written.' },
      { task: 'Say', depends_on: ['1'] },
    ]
    upstream.reset()
    const said = [JSON.stringify({ steps }), 'Written.', 'Said.', 'All done.']
    upstream.reply(...said.map((content) => sseReply(chatChunks({ content }))))
    const response = await gateway.post('/v1/chat/completions', {
      model: 'plan-execute/lmstudio/m',
      stream: true,
      x_agent: { trace: 'full' },
      messages: [{ role: 'user', content: 'Report and say' }],
    })
    const frames = dataOf(await response.text()).flatMap(({ x_agent: frame }) => frame ?? [])
    expect(frames).toContainEqual(expect.objectContaining({ type: 'plan' }))
    const plan = frames.find((frame) => (frame as { type: string }).type === 'plan')
    expect(plan).toMatchObject({
      steps: [
        { task: 'Report', depends_on: [], tool_hint: 'report', done_when: 'It is written.' },
        { task: 'Say', depends_on: ['1'] },
      ],
    })
    expect(camelKeys(frames)).toEqual([])
  })
})
