/** Both servers as processes, of which a test learns how long one of their tasks held up everybody. */
import { expect } from '@jest/globals'
import OpenAI from 'openai'
import {
  makeTempDir,
  startFakeModelServer,
  watchEventLoop,
  type FakeModelServer,
} from '@tandem/testing'
import { spawnGateway } from '../support/spawn-gateway.ts'
import { spawnTools, toolsSecret } from '../support/spawn-tools.ts'
import { apiKey } from '../support/start-gateway.ts'

export interface WatchedServers {
  upstream: FakeModelServer
  client: OpenAI
  /** The data folder of the tools server. */
  toolsData: string
  /** GET, or POST where there is a body; the text. @throws Error where it is refused */
  ask(path: string, body?: unknown): Promise<string>
  /**
   * Does it, and fails where either server was held up meanwhile; with more `tries` where it was each time, for a machine
   * that is busy with other things makes any task long now and then.
   */
  quietly<Result>(what: string, work: () => Promise<Result>, tries?: number): Promise<Result>
  close(): Promise<void>
}

/** What is held up so long is told of. */
const longMs = 25
const mostMs = 50

export async function startWatchedServers(
  toolsEnv: Record<string, string>,
  apiEnv: Record<string, string>,
): Promise<WatchedServers> {
  const [apiFolder, toolsFolder] = await Promise.all([makeTempDir(), makeTempDir()])
  const watches = {
    'main API': watchEventLoop(apiFolder.path),
    'tools server': watchEventLoop(toolsFolder.path),
  }
  const { 'main API': apiWatch, 'tools server': toolsWatch } = watches
  const upstream = await startFakeModelServer()
  const tools = await spawnTools({ ...toolsWatch.env, ...toolsEnv }, toolsWatch.nodeArgs)
  const settings = {
    LMSTUDIO_BASE_URL: upstream.baseUrl,
    TOOLS_HOST: tools.url,
    SERVICE_SECRET: toolsSecret,
  }
  const api = await spawnGateway({ ...apiWatch.env, ...settings, ...apiEnv }, apiWatch.nodeArgs)

  async function heldUp(): Promise<Record<string, number>> {
    const times = Object.entries(watches).map(
      async ([name, watch]) => [name, Math.round(await watch.longest())] as const,
    )
    return Object.fromEntries(await Promise.all(times))
  }
  // What they did to start is another matter.
  await heldUp()
  return {
    upstream,
    client: new OpenAI({ baseURL: `${api.url}/v1`, apiKey, maxRetries: 0, timeout: 120_000 }),
    toolsData: `${tools.folder}/data`,
    async ask(path, body) {
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const response = await fetch(`${api.url}${path}`, { headers, ...init })
      const text = await response.text()
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`)
      return text
    },
    async quietly(what, work, tries = 1) {
      for (let tried = 1; ; tried += 1) {
        const result = await work()
        const times = await heldUp()
        const longest = Math.max(...Object.values(times))
        if (longest >= longMs) console.log(`${what}: held up for ms`, times)
        if (longest >= mostMs && tried < tries) continue
        expect({ what, longest: Math.max(longest, mostMs) }).toEqual({ what, longest: mostMs })
        return result
      }
    },
    async close() {
      await api.close()
      await tools.close()
      await upstream.close()
      await apiFolder.remove()
      await toolsFolder.remove()
    },
  }
}
