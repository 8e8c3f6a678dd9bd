/** The real main API as a process, in a new data folder, with the fake upstream as its only provider. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { benchFile, startChild } from './child.ts'
import type { StartVariant, Variant, VariantOptions } from './variant.ts'

const key = 'sk-tandem-bench-0123456789abcdef0123456789abcdef'
const readyWithinMs = 20_000
const root = new URL('../../', import.meta.url)

export const startGateway: StartVariant = (options) => startMainApi(options, {})

/** The same without key check, limits, usage and log: what these cost together is the difference. */
export const startGatewayWithoutDuties: StartVariant = ({ nodeArgs, ...options }) =>
  startMainApi(
    { ...options, nodeArgs: [...nodeArgs, '--import', benchFile('without-duties.ts')] },
    { RATE_LIMIT_RPM: '0', RATE_LIMIT_KEY_RPM: '0' },
  )

async function startMainApi(
  { upstreamPort, core, nodeArgs }: VariantOptions,
  settings: Record<string, string>,
): Promise<Variant> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'))
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  const port = await findFreePort()
  const child = startChild({
    command: [fileURLToPath(new URL('apps/api-server/src/main.ts', root))],
    nodeArgs,
    core,
    obeys: false,
    // Not the repository, where a `.env` of the user's may lie.
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      NODE_ENV: 'production',
      DATA_DIR: join(folder, 'data'),
      PROMPTS_DIR: fileURLToPath(new URL('prompts', root)),
      MAIN_API_PORT: String(port),
      TOOLS_PORT: String(await findFreePort()),
      PRIVATE_CLOUD_ENDPOINT: `http://127.0.0.1:${upstreamPort}/v1`,
      PRIVATE_CLOUD_API_KEY: 'sk-upstream-bench',
      ADMIN_API_KEY: key,
      LOG_LEVEL: 'info',
      // Limits that count and are never reached.
      RATE_LIMIT_RPM: '1000000000',
      MAX_CONCURRENT_STREAMS: '100000',
      ...settings,
    },
  })
  async function stop(): Promise<void> {
    await child.stop()
    await removeFolder()
  }
  try {
    await waitUntilReady(port, child.ended)
  } catch (error) {
    await stop()
    throw error
  }
  return { port, key, model: 'private/bench-model', pid: child.pid, ended: child.ended, stop }
}

async function waitUntilReady(port: number, ended: Promise<never>): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  while (Date.now() < deadline) {
    const status = await readStatus(`http://127.0.0.1:${port}/readyz`)
    if (status === 200) return
    const pause = new Promise((resolve) => void setTimeout(resolve, 50))
    await Promise.race([pause, ended])
  }
  throw new Error(`the gateway was not ready within ${readyWithinMs / 1_000} s`)
}

async function readStatus(url: string): Promise<number> {
  try {
    const { statusCode, body } = await request(url)
    await body.dump()
    return statusCode
  } catch {
    // Not listening yet.
    return 0
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
