import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { makeTempDir, spawnServer, type SpawnedServer } from '@tandem/testing'
import { adminPassword, apiKey, promptsDir } from './start-gateway.ts'

export const mainScript = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface GatewayProcess extends SpawnedServer {
  url: string
  /** Its log, parsed. */
  logs(): Record<string, unknown>[]
  /** Resident memory, in bytes. */
  memory(): number
  openFiles(): number
  /** Ends it, if it has not ended, and removes its folder. */
  close(): Promise<void>
}

/** The main API as a process of its own, on a free port, with a folder of its own. */
export async function spawnGateway(
  env: Record<string, string> = {},
  nodeArgs: readonly string[] = [],
): Promise<GatewayProcess> {
  const folder = await makeTempDir()
  const server = await spawnServer({
    script: mainScript,
    nodeArgs,
    cwd: folder.path,
    env: {
      DATA_DIR: folder.path,
      MAIN_API_PORT: '0',
      TOOLS_PORT: '1',
      RATE_LIMIT_RPM: '100000',
      PROMPTS_DIR: promptsDir,
      ADMIN_API_KEY: apiKey,
      ADMIN_PASSWORD: adminPassword,
      ...env,
    },
    readyWhen: (line) => listeningAt(line) ?? false,
    timeoutMs: 60_000,
  })
  const pid = String(server.process.pid)
  return {
    ...server,
    url: server.url ?? '',
    logs: () => parseLines(server.stdout()),
    memory: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
    openFiles: () => readdirSync(`/proc/${pid}/fd`).length,
    async close() {
      await server.stop('SIGKILL')
      await folder.remove()
    },
  }
}

function listeningAt(line: string): string | undefined {
  const [entry] = parseLines(line)
  return entry?.['msg'] === 'listening' ? String(entry['url']) : undefined
}

function parseLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
