import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { loadConfig } from '@tandem/config'
import { listen, type RunningServer } from '@tandem/http'
import { makeTempDir } from '@tandem/testing'
import { createApiApp } from '../../src/app.ts'
import { ensureAdmin } from '../../src/auth/first-admin.ts'
import { closeDeps, createDeps, type Deps } from '../../src/deps.ts'

/** The administrator that each gateway starts with, and the administrator's key. */
export const apiKey = 'sk-tandem-test-key-0123456789abcdefghijklmnopqrstuv'
export const adminName = 'admin'
export const adminPassword = 'the password of the admin'
/** Signs the logins. */
export const jwtSecretKey = 'j'.repeat(43)

export interface Gateway {
  /** Origin, and the SDKs' base URL. */
  url: string
  baseUrl: string
  headers: Record<string, string>
  deps: Deps
  server: RunningServer
  /** Parsed log lines. */
  logs: Record<string, unknown>[]
  /** POST with the key; `body` is sent as it is when it is a string. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
  get(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

export interface GatewayOptions {
  /** Settings by their environment names: `LMSTUDIO_BASE_URL`, … */
  env?: Record<string, string>
  /** Parts to put in the place of the real ones. */
  deps?: Partial<Deps>
  /** Milliseconds since 1970. */
  now?: () => number
}

const admin = {
  ADMIN_USERNAME: adminName,
  ADMIN_PASSWORD: adminPassword,
  ADMIN_API_KEY: apiKey,
}

export const promptsDir = fileURLToPath(new URL('../../../../prompts', import.meta.url))

/** A suite asks more in a minute than a user should. */
const defaults = {
  LOG_LEVEL: 'debug',
  TOOLS_PORT: '1',
  RATE_LIMIT_RPM: '100000',
  SIGNUPS_PER_HOUR: '0',
  PROMPTS_DIR: promptsDir,
}

/** The real app on a real socket, in this process; only the environment is made up. */
export async function startGateway({
  env = {},
  deps: given,
  now = Date.now,
}: GatewayOptions = {}): Promise<Gateway> {
  const folder = await makeTempDir()
  const config = loadConfig({
    env: { ...defaults, DATA_DIR: folder.path, ...admin, ...env },
    cwd: folder.path,
  })
  const logs: Record<string, unknown>[] = []
  const logger = pino(
    { level: config.logLevel },
    { write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const secrets = { jwtSecretKey, serviceSecret: 's'.repeat(43) }
  // Tests make many passwords, with the fewest rounds there are, and wait for many answers of the demo model.
  const quick = { passwordCost: 4, demoDelayMs: 1 }
  const made = await createDeps({ config, secrets, logger, now, ...quick })
  const deps: Deps = { ...made, version: '0.0.0-test', ...given }
  await ensureAdmin(deps)
  const server = await listen(createApiApp(deps), { host: '127.0.0.1', port: 0 })
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  return {
    url: server.url,
    baseUrl: `${server.url}/v1`,
    headers,
    deps,
    server,
    logs,
    post: (path, body, init) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
    get: (path, init) => fetch(`${server.url}${path}`, { headers, ...init }),
    async close() {
      await server.close()
      await closeDeps(deps)
      await folder.remove()
    },
  }
}
