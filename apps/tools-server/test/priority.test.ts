/** The tools server computes, so it goes after the main API, and what it starts goes after it. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from '@jest/globals'
import { makeTempDir, spawnServer, type SpawnedServer, type TempDir } from '@tandem/testing'
import { descendants } from '../src/sandbox/memory-watch.ts'
import { promptsDir } from './start-server.ts'

const script = fileURLToPath(new URL('../src/main.ts', import.meta.url))

let folder: TempDir
let server: SpawnedServer
afterEach(async () => {
  await server.stop('SIGKILL')
  await folder.remove()
})

async function start(nodeArgs: readonly string[] = []): Promise<number> {
  folder = await makeTempDir()
  server = await spawnServer({
    script,
    nodeArgs,
    cwd: folder.path,
    env: { DATA_DIR: folder.path, PROMPTS_DIR: promptsDir, TOOLS_PORT: '0', RAG_MODEL_HUB: 'off' },
    timeoutMs: 60_000,
    readyWhen: (line) => line.includes('"listening"'),
  })
  return server.process.pid ?? 0
}

const onLinux = process.platform === 'linux' ? it : it.skip

onLinux(
  'all threads of the tools server, and the sandboxes below it',
  async () => {
    const id = await start()
    const own = priority('self', process.pid)
    expect(readdirSync(`/proc/${id}/task`).map((task) => priority(id, Number(task)))).toEqual(
      readdirSync(`/proc/${id}/task`).map(() => own + 5),
    )
    // A warm sandbox: bubblewrap, and the supervisor in it.
    const below = descendants(id).map((child) => priority(child, child))
    if (process.env['REQUIRE_SANDBOX'] === '1') expect(below).toContain(own + 10)
    expect(Math.min(own + 5, ...below)).toBe(own + 5)
  },
  90_000,
)

onLinux(
  'starts where it may change nothing',
  async () => {
    const refuse = `import os from 'node:os'
    import { syncBuiltinESMExports } from 'node:module'
    os.setPriority = () => { throw new Error('EACCES') }
    syncBuiltinESMExports()`
    const id = await start(['--import', `data:text/javascript,${encodeURIComponent(refuse)}`])
    expect(priority(id, id)).toBe(priority('self', process.pid))
  },
  90_000,
)

/** Field 19 of `stat`: the nice value. */
function priority(id: number | 'self', thread: number): number {
  const stat = readFileSync(`/proc/${id}/task/${thread}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
}
