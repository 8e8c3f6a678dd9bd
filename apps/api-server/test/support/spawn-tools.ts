import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeTempDir, spawnServer, type SpawnedServer } from '@tandem/testing'
import { createToolsClient } from '@tandem/tools'
import { startGateway, type Gateway, type GatewayOptions } from './start-gateway.ts'

const script = fileURLToPath(new URL('../../../tools-server/src/main.ts', import.meta.url))
const prompts = fileURLToPath(new URL('../../../../prompts', import.meta.url))
export const toolsSecret = '7b1f0c52e9a84d36b0c8a1f5d2e3946b-tools-tests'

export interface ToolsProcess {
  url: string
  folder: string
  pluginsFolder: string
  server(): SpawnedServer
  /** Starts it again where it was, with the same data. */
  restart(): Promise<void>
  /** A main API that calls it. */
  gateway(options?: GatewayOptions): Promise<Gateway>
  close(): Promise<void>
}

/** The tools server as a process of its own, with a folder of its own. */
export async function spawnTools(
  env: Record<string, string> = {},
  nodeArgs: readonly string[] = [],
): Promise<ToolsProcess> {
  const folder = await makeTempDir()
  const pluginsFolder = join(folder.path, 'plugins')
  const start = (port: string): Promise<SpawnedServer> =>
    spawnServer({
      script,
      nodeArgs,
      cwd: folder.path,
      env: {
        DATA_DIR: join(folder.path, 'data'),
        PLUGINS_DIR: pluginsFolder,
        PROMPTS_DIR: prompts,
        SERVICE_SECRET: toolsSecret,
        TOOLS_PORT: port,
        DRAIN_SECONDS: '0',
        // Tests need no network.
        RAG_MODEL_HUB: 'off',
        ...env,
      },
      // The sandbox tests itself at each start.
      timeoutMs: 60_000,
      readyWhen: (line) => /"url":"([^"]+)".*"listening"/.exec(line)?.[1] ?? false,
    })
  let server = await start('0')
  const url = server.url ?? ''
  return {
    url,
    folder: folder.path,
    pluginsFolder,
    server: () => server,
    async restart() {
      server = await start(new URL(url).port)
    },
    gateway: ({ env, deps, ...rest } = {}) =>
      startGateway({
        env: { TOOLS_HOST: url, ...env },
        deps: { toolsServer: createToolsClient({ baseUrl: url, secret: toolsSecret }), ...deps },
        ...rest,
      }),
    async close() {
      await server.stop('SIGKILL')
      await folder.remove()
    },
  }
}

/** The key of a new user. */
export async function keyOf(gateway: Gateway, username: string): Promise<string> {
  const password = `the password of ${username}`
  const made = await gateway.post('/api/users', { username, password })
  if (!made.ok) throw new Error(await made.text())
  const login = await gateway.post('/api/auth/login', { username, password })
  const body = (await login.json()) as { access_token?: string; token?: string }
  return body.access_token ?? body.token ?? ''
}
