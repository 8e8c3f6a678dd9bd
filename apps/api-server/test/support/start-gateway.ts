import pino from 'pino'
import { loadConfig } from '@tandem/config'
import { createLifecycle, createOpenRequests, listen, type RunningServer } from '@tandem/http'
import { makeTempDir } from '@tandem/testing'
import { createToolsClient } from '@tandem/tools'
import { createApiApp } from '../../src/app.ts'
import { createKeyCheck } from '../../src/auth/authenticate.ts'
import type { Deps } from '../../src/deps.ts'
import { createModelRegistry } from '../../src/models.ts'

export const apiKey = 'sk-tandem-test-key-0123456789abcdefghijklmnopqrstuv'

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
}

/** The real app on a real socket, in this process; only the environment is made up. */
export async function startGateway({
  env = {},
  deps: given,
}: GatewayOptions = {}): Promise<Gateway> {
  const folder = await makeTempDir()
  const config = loadConfig({
    env: { DATA_DIR: folder.path, LOG_LEVEL: 'debug', TOOLS_PORT: '1', ...env },
    cwd: folder.path,
  })
  const logs: Record<string, unknown>[] = []
  const logger = pino(
    { level: config.logLevel },
    { write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const open = createOpenRequests()
  const deps: Deps = {
    config,
    logger,
    version: '0.0.0-test',
    registry: createModelRegistry(config),
    toolsServer: createToolsClient({ baseUrl: config.toolsUrl, secret: 's'.repeat(43) }),
    checkKey: createKeyCheck(apiKey),
    open,
    lifecycle: createLifecycle(open),
    keepaliveMs: 10_000,
    now: Date.now,
    ...given,
  }
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
      await Promise.all([deps.registry.close(), deps.toolsServer.close()])
      await folder.remove()
    },
  }
}
