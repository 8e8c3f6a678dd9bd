/** The server is killed: what runs is marked, what waits goes on in the next process. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  chatChunks,
  makeTempDir,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
  type TempDir,
} from '@tandem/testing'
import { spawnGateway, type GatewayProcess } from '../support/spawn-gateway.ts'
import { spawnTools, toolsSecret, type ToolsProcess } from '../support/spawn-tools.ts'
import { apiKey } from '../support/start-gateway.ts'
import {
  agentRequest,
  calculate,
  callsReply,
  chatPath,
  getJson,
  openDoor,
  postJson,
  readLog,
  runsPath,
  streamed,
  textReply,
  type Json,
} from './run-client.ts'

let tools: ToolsProcess
let upstream: FakeModelServer
let folder: TempDir
let server: GatewayProcess

beforeAll(async () => {
  folder = await makeTempDir()
  tools = await spawnTools({ PYTHON_PRELOAD: 'off' })
  upstream = await startFakeModelServer()
  await start()
}, 90_000)
afterAll(async () => {
  await server.close()
  await upstream.close()
  await tools.close()
  await folder.remove()
})
afterEach(() => upstream.reset())

async function start(): Promise<void> {
  server = await spawnGateway({
    DATA_DIR: folder.path,
    LMSTUDIO_BASE_URL: upstream.baseUrl,
    TOOLS_HOST: tools.url,
    SERVICE_SECRET: toolsSecret,
    TOOL_APPROVAL: 'calculator=ask',
  })
}

const gateway = () => ({
  url: server.url,
  headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
})

const open = { id: 'call_0', name: 'open_door', arguments: { number: 1 } }
const withDoor = (session_id?: string) =>
  agentRequest('Open.', { tools: [openDoor], ...(session_id && { session_id }) })

describe('after kill -9 and a new start', () => {
  const words = Array.from({ length: 400 }, (_, at) => `word${at} `)
  let approvalId: string
  const answers = new Map<string | undefined, Json>()

  beforeAll(async () => {
    upstream.reply(callsReply(calculate('6*7', 'call_c')))
    const asked = await postJson(gateway(), chatPath, agentRequest('6*7?', { session_id: 'sums' }))
    approvalId = asked.json.x_agent.run_id
    for (const session_id of [undefined, 'after-the-kill']) {
      upstream.reply(callsReply(open))
      answers.set(session_id, (await postJson(gateway(), chatPath, withDoor(session_id))).json)
    }
    upstream.reset()
    const time = { id: 'call_t', name: 'get_current_time', arguments: {} }
    upstream.reply(callsReply(time), sseReply(chatChunks({ tokens: words }), { delayMs: 10 }))
    const answer = streamed(gateway(), chatPath, agentRequest('Talk')).catch(() => undefined)
    await upstream.received(1)
    await sleep(1200)
    await server.stop('SIGKILL')
    await server.close()
    await start()
    await answer
  }, 60_000)

  it('a run that was going is marked, with a log that ends and makes sense', async () => {
    const { runs } = await getJson(gateway(), runsPath)
    expect(runs[0]).toMatchObject({
      status: 'interrupted',
      stop_reason: 'interrupted',
      steps: 2,
      tool_calls: 1,
    })
    const log = await readLog(gateway(), runs[0].id)
    expect(log.map(({ id }) => id)).toEqual(log.map((_, index) => index + 1))
    expect(log.at(-1)).toMatchObject({ event: 'run-end', data: { stop_reason: 'interrupted' } })
    const text = log.map(({ data }) => data.text ?? '').join('')
    // All but the last moments: what was said is there from its beginning, without a gap.
    expect(words.join('').startsWith(text)).toBe(true)
    expect(text).toContain('word10 ')
  })

  it('a run that waits for an approval goes on', async () => {
    expect(await getJson(gateway(), `${runsPath}/${approvalId}`)).toMatchObject({
      status: 'waiting_approval',
      pending_approvals: [{ call_id: 'call_c' }],
    })
    upstream.reply(textReply('It is 42.'))
    const path = `${runsPath}/${approvalId}/approvals`
    const { text } = await streamed(gateway(), path, { approve: true })
    expect(text).toBe('It is 42.')
    const { messages } = await getJson(gateway(), '/api/chat/history/sums')
    expect(messages.at(-1)).toMatchObject({ role: 'assistant', content: 'It is 42.' })
  })

  it.each([
    ['without a session', undefined],
    ['in a session', 'after-the-kill'],
  ])('a run that waits for the caller’s results goes on, %s', async (_, session_id) => {
    const first = answers.get(session_id)
    const { message } = first.choices[0]
    const asked = withDoor(session_id)
    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'opened' }
    const messages: Json[] = session_id ? [result] : [...asked.messages, message, result]
    upstream.reply(textReply('It is open.'))
    const { json } = await postJson(gateway(), chatPath, { ...asked, messages })
    expect(json).toMatchObject({
      choices: [{ message: { content: 'It is open.' } }],
      x_agent: { run_id: first.x_agent.run_id, stop_reason: 'final' },
    })
  })
})

it('an orderly stop interrupts what still runs, and says so', async () => {
  upstream.reply(sseReply(chatChunks({ tokens: ['a ', 'b'] }), { delayMs: 60_000 }))
  const answer = streamed(gateway(), chatPath, agentRequest('Talk')).catch(() => undefined)
  await upstream.received(0)
  await server.close()
  server = await spawnGateway({ DATA_DIR: folder.path, DRAIN_SECONDS: '0' })
  await answer
  const { runs } = await getJson(gateway(), runsPath)
  expect(runs[0].status).toBe('interrupted')
}, 60_000)
