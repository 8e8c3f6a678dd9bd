/** 50 agents at once that call tools, from the first burst after a start on; meanwhile the main API's health is asked. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { describeSandbox } from '../support/describe-sandbox.ts'
import { spawnGateway, type GatewayProcess } from '../support/spawn-gateway.ts'
import { spawnTools, toolsSecret, type ToolsProcess } from '../support/spawn-tools.ts'
import { apiKey, type Gateway } from '../support/start-gateway.ts'
import { agentRequest, chatPath, streamed } from './run-client.ts'
import { runMany } from './run-many.ts'

const count = 50
const rounds = 3

type Asked = Pick<Gateway, 'url' | 'headers'>

let tools: ToolsProcess
let upstream: FakeModelServer
/** Beside it: what the machine does to one that has nothing to do. */
let idle: GatewayProcess

beforeAll(async () => {
  tools = await spawnTools()
  upstream = await startFakeModelServer()
  idle = await spawnGateway()
}, 90_000)
afterAll(async () => {
  await idle.close()
  await upstream.close()
  await tools.close()
})

async function runCalculators(gateway: Asked): Promise<void> {
  const { texts, runs } = await runMany(gateway, upstream, count)
  expect(texts).toEqual(texts.map((_, at) => `Agent ${at} found ${at * 3}.`))
  expect(runs.every((run) => run.status === 'completed')).toBe(true)
}

async function runPrograms(gateway: Asked): Promise<void> {
  const question = 'What is the 50th Fibonacci number? Use Python.'
  const request = agentRequest(question, { model: 'demo/assistant', agent_type: 'auto' })
  const ask = () => streamed(gateway, chatPath, request)
  for (const { text, frames } of await Promise.all(Array.from({ length: count }, ask))) {
    expect(text).toContain('12586269025')
    expect(frames).toContainEqual(expect.objectContaining({ type: 'tool-end', ok: true }))
  }
}

describeSandbox(`${count} runs at once end, and health answers within 100 ms meanwhile`, () => {
  it.each([
    ['a model behind HTTP and the calculator', runCalculators],
    ['the demo model and Python', runPrograms],
  ])(
    '%s',
    async (name, runAll) => {
      const server = await spawnGateway({
        LMSTUDIO_BASE_URL: upstream.baseUrl,
        TOOLS_HOST: tools.url,
        SERVICE_SECRET: toolsSecret,
      })
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
      const all: Waits = { busy: [], idle: [] }
      for (let round = 1; round <= rounds; round += 1) {
        const startedAt = performance.now()
        const waits = await watchHealth(server, () => runAll({ url: server.url, headers }))
        const ms = Math.round(performance.now() - startedAt)
        console.log(`${name}, round ${round}, ${ms} ms: health ${tell(waits.busy)}`)
        all.busy.push(...waits.busy)
        all.idle.push(...waits.idle)
      }
      await server.close()
      console.log(
        `${name}: health ${tell(all.busy)}; of an idle server meanwhile ${tell(all.idle)}`,
      )
      // On a machine of its own an idle server answers within 10 ms; where others take their share, all takes so much longer.
      const share = Math.max(1, quantile(all.idle, 0.95) / 10)
      expect(quantile(all.busy, 0.95)).toBeLessThan(100 * share)
    },
    120_000,
  )
})

/** Milliseconds that `/healthz` took. */
interface Waits {
  busy: number[]
  idle: number[]
}

async function watchHealth(server: GatewayProcess, work: () => Promise<void>): Promise<Waits> {
  const workerData = [server.url, idle.url]
  const watch = new Worker(new URL('./health-watch.ts', import.meta.url), { workerData })
  await once(watch, 'message')
  await work()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  watch.postMessage('end')
  const [[busyWaits = [], idleWaits = []]] = (await once(watch, 'message')) as [number[][]]
  return { busy: busyWaits, idle: idleWaits }
}

function tell(waits: readonly number[]): string {
  const [half, most, all] = [0.5, 0.95, 1].map((share) => quantile(waits, share).toFixed(0))
  return `${waits.length} times, half within ${half} ms, 95 % within ${most}, all within ${all}`
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}
