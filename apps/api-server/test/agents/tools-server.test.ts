/** The tools server dies under agents, and many agents use it at once. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'
import {
  agentRequest,
  calculate,
  callsReply,
  chatPath,
  getJson,
  postJson,
  runsPath,
  sentBody,
  streamed,
  textReply,
  type Json,
} from './run-client.ts'
import { runMany } from './run-many.ts'

let tools: ToolsProcess
let upstream: FakeModelServer
let gateway: Gateway

/** Tools that wait; a file of their name tells that they do. */
const slowPlugin = (folder: string): string => `
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
const tool = (name, idempotent) => ({
  name, description: 'Waits.', parameters: { type: 'object', properties: {} },
  traits: { readOnly: true, parallelSafe: true, idempotent, timeoutMs: 60000 },
  async run(_args, _context, { signal }) {
    writeFileSync(join(${JSON.stringify(folder)}, name), '')
    await new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  },
})
export const tools = [tool('slow_once', false), tool('slow_again', true)]
`

beforeAll(async () => {
  tools = await spawnTools({ PYTHON_PRELOAD: 'off' })
  await mkdir(tools.pluginsFolder, { recursive: true })
  await writeFile(join(tools.pluginsFolder, 'slow.js'), slowPlugin(tools.folder))
  upstream = await startFakeModelServer()
  gateway = await tools.gateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
  while (!(await isListed('slow_once'))) await sleep(50)
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await upstream.close()
  await tools.close()
})
afterEach(() => upstream.reset())

async function isListed(name: string): Promise<boolean> {
  const { tools: list } = await getJson(gateway, '/tools')
  return list.some((tool: Json) => tool.name === name)
}

const toolMessages = (): string[] =>
  sentBody(upstream, -1)
    .messages.filter(({ role }: Json) => role === 'tool')
    .map(({ content }: Json) => content)

it('50 agents at once that each call tools all come to their end', async () => {
  const { texts, runs } = await runMany(gateway, upstream, 50)
  expect(texts).toEqual(texts.map((_, at) => `Agent ${at} found ${at * 3}.`))
  expect(runs.every((run) => run.status === 'completed' && run.tool_calls === 3)).toBe(true)
}, 60_000)

describe('the tools server killed in the middle of a run', () => {
  it('the agent is told what failed, and finishes', async () => {
    const slow = ['slow_once', 'slow_again']
    upstream.reply(
      callsReply(...slow.map((name) => ({ id: name, name, arguments: {} }))),
      callsReply(calculate('1+1', 'call_1')),
      textReply('The tools are gone, so I cannot wait for you.'),
    )
    const answer = streamed(gateway, chatPath, agentRequest('Wait'))
    const run = (name: string): boolean => existsSync(join(tools.folder, name))
    await waitUntil(() => slow.every(run), { ms: 15_000 })
    await tools.server().stop('SIGKILL')
    const { text, finish, frames, headers } = await answer
    expect(text).toContain('The tools are gone')
    expect(finish).toEqual(['stop'])
    const ends = frames.filter(({ type }) => type === 'tool-end')
    expect(ends.map(({ ok, error }) => [ok, error.code])).toEqual(
      Array.from({ length: 3 }, () => [false, 'tools_unavailable']),
    )
    const [once, again, later] = toolMessages()
    for (const content of [once, again, later]) expect(content).toContain('cannot be reached')
    // One that may do harm twice was called once.
    expect(once).not.toContain('tried twice')
    expect(again).toContain('tried twice')
    const stored = await getJson(gateway, `${runsPath}/${headers.get('x-agent-run-id')}`)
    expect(stored).toMatchObject({ status: 'completed', stop_reason: 'final', tool_calls: 3 })
  }, 60_000)

  it('the demo model says so in its own words', async () => {
    await tools.restart()
    const list = gateway.deps.toolsServer.tools
    // It dies between the list of its tools and the call.
    gateway.deps.toolsServer.tools = async (...args) => {
      const found = await list(...args)
      await tools.server().stop('SIGKILL')
      return found
    }
    const request = agentRequest('Calculate 12 * (3 + 4).', { model: 'demo/assistant' })
    const { json } = await postJson(gateway, chatPath, request)
    expect(json.choices[0].finish_reason).toBe('stop')
    expect(json.choices[0].message.content).toMatch(/calculator/i)
    expect(json.choices[0].message.content).toMatch(/fail|not|cannot|could/i)
    expect(json.x_agent.tools[0]).toMatchObject({ ok: false, error: { code: 'tools_unavailable' } })
  }, 60_000)
})
