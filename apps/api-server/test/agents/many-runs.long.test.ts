/** 50 agents at once, each with three calls of tools, again and again; meanwhile the main API's health is asked. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { spawnGateway, type GatewayProcess } from '../support/spawn-gateway.ts'
import { spawnTools, toolsSecret, type ToolsProcess } from '../support/spawn-tools.ts'
import { apiKey } from '../support/start-gateway.ts'
import { runMany } from './run-many.ts'

let tools: ToolsProcess
let upstream: FakeModelServer
let server: GatewayProcess
/** Beside it: what the machine does to one that has nothing to do. */
let idle: GatewayProcess

beforeAll(async () => {
  tools = await spawnTools({ PYTHON_PRELOAD: 'off' })
  upstream = await startFakeModelServer()
  server = await spawnGateway({
    LMSTUDIO_BASE_URL: upstream.baseUrl,
    TOOLS_HOST: tools.url,
    SERVICE_SECRET: toolsSecret,
  })
  idle = await spawnGateway()
}, 90_000)
afterAll(async () => {
  await idle.close()
  await server.close()
  await upstream.close()
  await tools.close()
})

it('50 runs at once end, and health answers within 100 ms meanwhile', async () => {
  const gateway = {
    url: server.url,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
  }
  // The first ones load code and have it compiled.
  await runMany(gateway, upstream, 50)
  const workerData = [server.url, idle.url]
  const watch = new Worker(new URL('./health-watch.ts', import.meta.url), { workerData })
  await once(watch, 'message')
  for (let round = 0; round < 5; round += 1) {
    const startedAt = performance.now()
    const { texts, runs } = await runMany(gateway, upstream, 50)
    console.log(`50 runs in ${Math.round(performance.now() - startedAt)} ms`)
    expect(texts).toEqual(texts.map((_, at) => `Agent ${at} found ${at * 3}.`))
    expect(runs.every((run) => run.status === 'completed')).toBe(true)
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  watch.postMessage('end')
  const [[busyWaits = [], idleWaits = []]] = (await once(watch, 'message')) as [number[][]]
  const tell = (waits: readonly number[]): string =>
    [0.5, 0.95, 1].map((share) => quantile(waits, share).toFixed(0)).join(', ')
  console.log(
    `health of ${busyWaits.length} times, half, 95 % and all within ms: ${tell(busyWaits)}`,
  )
  console.log(`of an idle server meanwhile: ${tell(idleWaits)}`)
  // On a machine of its own an idle server answers within 10 ms; where others take their share, all takes so much longer.
  const share = Math.max(1, quantile(idleWaits, 0.95) / 10)
  expect(quantile(busyWaits, 0.95)).toBeLessThan(100 * share)
}, 120_000)

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}
