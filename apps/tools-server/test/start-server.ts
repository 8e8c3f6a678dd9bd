import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach } from '@jest/globals'
import pino from 'pino'
import { listen } from '@tandem/http'
import type { ServiceClaims, ToolResult } from '@tandem/schemas'
import { signServiceToken } from '@tandem/tools'
import { createToolsApp } from '../src/app.ts'
import { makeTempDir } from '@tandem/testing'
import { closeDeps, createDeps, type Deps, type DepsOptions } from '../src/deps.ts'
import type { WebSettings } from '../src/web/web.ts'

export const secret = 'the-service-secret-of-these-tests-only'
export const promptsDir = fileURLToPath(new URL('../../../prompts', import.meta.url))
export const logger = pino({ level: 'silent' })

/** No search provider is configured. */
export const webSettings: WebSettings = {
  tavilyBaseUrl: 'http://127.0.0.1:9',
  tavilySearchDepth: 'basic',
  braveBaseUrl: 'http://127.0.0.1:9',
  websearchMaxResults: 5,
  fetchPrivateHosts: [],
}

export interface TestServer {
  url: string
  deps: Deps
  /** As the main API calls: with a service token, for `user-1` unless the claims say otherwise. */
  fetch(path: string, init?: RequestInit & { claims?: ServiceClaims }): Promise<Response>
  call(name: string, args: unknown, init?: RequestInit): Promise<Response>
  result(name: string, args: unknown): Promise<ToolResult>
  close(): Promise<void>
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A real tools server on a free port; closed after the test. */
export async function startServer(options: Partial<DepsOptions> = {}): Promise<TestServer> {
  const server = await startLastingServer(options)
  closers.push(() => server.close())
  return server
}

/** The same, closed by whoever starts it. */
export async function startLastingServer(options: Partial<DepsOptions> = {}): Promise<TestServer> {
  const folder = await makeTempDir()
  const deps = await createDeps({
    promptsDir,
    serviceSecret: secret,
    logger,
    dataDir: folder.path,
    pluginsDir: join(folder.path, 'plugins'),
    web: webSettings,
    ...options,
  })
  const running = await listen(createToolsApp(deps), { host: '127.0.0.1', port: 0 })
  const server: TestServer = {
    url: running.url,
    deps,
    fetch(path, { claims = { sub: 'user-1' }, ...init } = {}) {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${signServiceToken(claims, secret)}`)
      return fetch(`${running.url}${path}`, { ...init, headers })
    },
    call: (name, args, init) =>
      server.fetch(`/tools/${name}`, {
        method: 'POST',
        body: JSON.stringify({ arguments: args, call_id: 'call-1' }),
        ...init,
      }),
    async result(name, args) {
      const response = await server.call(name, args)
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
      return (await response.json()) as ToolResult
    },
    async close() {
      await running.close()
      await closeDeps(deps)
      await folder.remove()
    },
  }
  return server
}

export const acceptEvents = { accept: 'text/event-stream' }
