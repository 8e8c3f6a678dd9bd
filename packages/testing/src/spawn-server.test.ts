import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { makeTempDir, spawnServer, type TempDir } from './index.ts'

let dir: TempDir

beforeEach(async () => {
  dir = await makeTempDir()
})
afterEach(() => dir.remove())

async function writeScript(source: string): Promise<string> {
  const path = join(dir.path, 'server.mjs')
  await writeFile(path, source)
  return path
}

const listening = `
  import { createServer } from 'node:http'
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/readyz' ? 200 : 404
    response.end(JSON.stringify(process.env))
  })
  process.on('SIGTERM', () => server.close(() => process.exit(7)))
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    console.error('listening on http://127.0.0.1:' + server.address().port)
  })
`

it('makes an empty folder and removes it with all that is in it', async () => {
  await writeFile(join(dir.path, 'a'), 'x')
  const other = await makeTempDir()
  expect(other.path).not.toBe(dir.path)
  await other.remove()
  expect(existsSync(other.path)).toBe(false)
})

it('waits for a line, takes the URL from it, and stops with the exit code', async () => {
  process.env['LEAKED_SETTING'] = 'x'
  const server = await spawnServer({
    script: await writeScript(listening),
    env: { MINE: '1' },
    readyWhen: (line) => /http:\S+/.exec(line)?.[0] ?? false,
  })
  delete process.env['LEAKED_SETTING']
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const env = (await (await fetch(server.url!)).json()) as Record<string, string>
  expect(env['MINE']).toBe('1')
  expect(env['LEAKED_SETTING']).toBeUndefined()
  expect(server.stderr()).toContain('listening')
  expect(server.stdout()).toBe('')
  expect(await server.stop()).toBe(7)
  expect(await server.exited).toBe(7)
})

it('polls a URL', async () => {
  const first = await spawnServer({
    script: await writeScript(listening),
    readyWhen: (line) => /http:\S+/.exec(line)?.[0] ?? false,
  })
  await first.stop()
  const server = await spawnServer({
    script: await writeScript(listening),
    env: { PORT: new URL(first.url!).port },
    readyWhen: `${first.url}/readyz`,
  })
  expect((await fetch(server.url!)).ok).toBe(true)
  expect(await server.stop('SIGKILL')).toBe(137)
})

it('fails with what the process wrote when it ends before it is ready', async () => {
  const script = await writeScript('console.error("bad setting PORT"); process.exit(3)')
  const failing = spawnServer({ script, readyWhen: () => false })
  await expect(failing).rejects.toThrow(
    /ended with code 3 before it was ready[\s\S]*bad setting PORT/,
  )
  const polled = spawnServer({ script, readyWhen: 'http://127.0.0.1:1/' })
  await expect(polled).rejects.toThrow(/ended with code 3/)
})

it('fails, and kills it, when it takes too long', async () => {
  const script = await writeScript('console.log(process.pid); setInterval(() => {}, 1000)')
  const failing = spawnServer({ script, readyWhen: () => false, timeoutMs: 2000 })
  const error: unknown = await failing.catch((error: unknown) => error)
  expect(String(error)).toContain('not ready within 2000 ms')
  const pid = Number(/--- stdout\n(\d+)/.exec(String(error))?.[1])
  const isAlive = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  while (isAlive()) await new Promise((resolve) => setTimeout(resolve, 5))
})
