import { existsSync, readFileSync } from 'node:fs'
import { expect } from '@jest/globals'
import type { ToolResult } from '@tandem/schemas'
import { descendants } from '../../src/sandbox/memory-watch.ts'
import { withSandbox } from './sandbox-server.ts'
import type { RunData } from './program.ts'
import { test } from './sandbox-test.ts'

const { server, sandbox } = withSandbox({ slots: 2 })

async function runAs(sub: string, code: string, init: RequestInit = {}): Promise<RunData> {
  const claims = { sub, session: 'the-same-session-id' }
  const response = await server().call('python_coder', { code }, { ...init, claims } as RequestInit)
  const result = (await response.json()) as ToolResult
  return (result.data ?? {}) as RunData
}

const traces = (user: string): string => `
import os, socket, time
open("${user}.txt", "w").write("x"); open("/tmp/${user}", "w"); open("/dev/shm/${user}", "w")
listener = socket.socket(socket.AF_UNIX); listener.bind("\\0shared-name")
time.sleep(1)
print(sorted(os.listdir(".")), sorted(os.listdir("/tmp")), sorted(os.listdir("/dev/shm")))
print(len([name for name in os.listdir("/proc") if name.isdigit()]))
print(len([line for line in open("/proc/net/unix") if "shared-name" in line]))`

test('two users at the same moment share no file, no process and no name', async () => {
  const [alice, bob] = await Promise.all([
    runAs('alice', traces('alice')),
    runAs('bob', traces('bob')),
  ])
  expect(alice.stdout).toBe("['alice.txt'] ['alice'] ['alice']\n2\n1\n")
  expect(bob.stdout).toBe("['bob.txt'] ['bob'] ['bob']\n2\n1\n")
})

test('runs of one session happen one after the other, so that no file is lost', async () => {
  const names = ['a', 'b', 'c']
  await Promise.all(names.map((name) => runAs('carol', `open("${name}", "w").write("x")`)))
  const { value } = await runAs('carol', 'import os; sorted(os.listdir("."))')
  expect(value).toBe("['a', 'b', 'c']")
})

test.each<Record<string, string>>([{}, { accept: 'text/event-stream' }])(
  'closing the connection kills within 2 s %j',
  async (headers) => {
    const controller = new AbortController()
    const before = descendants(process.pid)
    const running = runAs(
      'dave',
      'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "import time; time.sleep(98765)"])',
      {
        signal: controller.signal,
        headers,
      },
    )
    running.catch(() => undefined)
    const started = await waitFor(() => descendants(process.pid).filter((id) => isSleeper(id)))
    expect(started).toHaveLength(1)
    controller.abort()
    await expect(running).rejects.toThrow()
    const gone = performance.now()
    await waitFor(() => (existsSync(`/proc/${started[0]}`) ? [] : ['gone']))
    expect(performance.now() - gone).toBeLessThan(2000)
    expect(before.length).toBeGreaterThan(0)
    expect((await runAs('dave', '1')).value).toBe('1')
  },
)

test('a run that waits for its turn can be cancelled', async () => {
  const { signal } = new AbortController()
  const busy = [1, 2, 3].map((n) =>
    sandbox().run({ owner: `o${n}`, code: 'import time; time.sleep(1)' }, { signal }),
  )
  const controller = new AbortController()
  const waiting = sandbox().run({ owner: 'o1', code: '1' }, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  expect((await Promise.all(busy)).map(({ word }) => word)).toEqual(['ok', 'ok', 'ok'])
})

function isSleeper(id: number): boolean {
  try {
    return readCommand(id).includes('98765')
  } catch {
    return false
  }
}

async function waitFor<Item>(find: () => Item[]): Promise<Item[]> {
  for (let tries = 0; tries < 500; tries += 1) {
    const found = find()
    if (found.length > 0) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return []
}

function readCommand(id: number): string {
  return readFileSync(`/proc/${id}/cmdline`, 'utf8')
}
