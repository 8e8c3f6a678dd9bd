import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from '@jest/globals'
import type { ToolDescription, ToolResult } from '@tandem/schemas'
import { withSandbox } from './sandbox-server.ts'
import { acceptEvents } from '../start-server.ts'
import type { RunData } from './program.ts'
import { test } from './sandbox-test.ts'

const { server, sandbox } = withSandbox()

interface Session {
  sub?: string
  session?: string
}

async function run(args: object, { sub = 'user-1', session }: Session = {}) {
  const response = await server().call('python_coder', args, {
    claims: { sub, ...(session === undefined ? {} : { session }) },
  } as RequestInit)
  expect(response.status).toBe(200)
  const result = (await response.json()) as ToolResult
  return { ...result, data: result.data as RunData }
}

test('output, value, time and memory', async () => {
  const { data, content, error, artifacts } = await run({
    code: 'import sys\nprint("out")\nprint("err", file=sys.stderr)\n[n * n for n in range(4)]',
  })
  expect(error).toBeUndefined()
  expect(data).toMatchObject({
    status: 'ok',
    stdout: 'out\n',
    stderr: 'err\n',
    value: '[0, 1, 4, 9]',
  })
  expect(content).toBe('Output:\nout\n\nError output:\nerr\n\nValue:\n[0, 1, 4, 9]')
  expect(data.ms).toBeGreaterThanOrEqual(0)
  expect(data.memory_bytes).toBeGreaterThan(2 ** 20)
  expect(artifacts).toEqual([])
})

test('says so when nothing was printed', async () => {
  expect((await run({ code: 'x = 1' })).content).toBe('The code ran and printed nothing.')
})

test("an error shows the user's own lines and nothing of the machinery", async () => {
  const { data, error, content } = await run({
    code: 'import json\ndef load(text):\n    return json.loads(text)\nload("{")',
  })
  expect(error).toEqual({ code: 'error', retryable: false })
  expect(data.error?.type).toBe('JSONDecodeError')
  const lines = data.error?.text.split('\n').filter((line) => line.includes('File "'))
  expect(lines).toEqual([
    '  File "main.py", line 4, in <module>',
    '  File "main.py", line 3, in load',
  ])
  expect(data.error?.text).toContain('    return json.loads(text)')
  expect(content).not.toContain('runner.py')
})

test('a syntax error names the line', async () => {
  const { data } = await run({ code: 'x = 1\nif x\n' })
  expect(data.error?.text).toContain('line 2')
})

test('figures are saved without being asked, each once', async () => {
  const { artifacts, error } = await run({
    code: `
import matplotlib.pyplot as plt
plt.plot([1, 2, 3]); plt.show(); plt.close()
plt.figure(); plt.plot([3, 2, 1])
plt.figure(); plt.plot([1]); plt.savefig("mine.png")`,
    timeout: 30,
  })
  expect(error).toBeUndefined()
  expect(artifacts.map(({ name }) => name).toSorted()).toEqual([
    'figure-1.png',
    'figure-2.png',
    'mine.png',
  ])
  expect(artifacts.every(({ mediaType }) => mediaType === 'image/png')).toBe(true)
}, 60_000)

test("a session's files are there in its next run, and in no other", async () => {
  const session = { session: 'session-1' }
  const made = await run(
    { code: 'import os\nos.makedirs("data")\nopen("data/a.txt", "w").write("kept")' },
    session,
  )
  expect(made.artifacts).toMatchObject([{ name: 'a.txt', bytes: 4 }])
  const read =
    'import os\nprint(open("data/a.txt").read() if os.path.exists("data/a.txt") else "nothing")'
  const next = await run({ code: read }, session)
  expect(next.data).toMatchObject({ stdout: 'kept\n', files: [] })
  expect((await run({ code: read }, { session: 'session-2' })).data.stdout).toBe('nothing\n')
  expect((await run({ code: read }, { sub: 'user-2', ...session })).data.stdout).toBe('nothing\n')
  expect((await run({ code: read })).data.stdout).toBe('nothing\n')
  await run({ code: 'import os\nos.remove("data/a.txt")' }, session)
  expect((await run({ code: read }, session)).data.stdout).toBe('nothing\n')
})

async function readUntil(events: ReadableStreamDefaultReader<string>, awaited: string) {
  for (let text = ''; !text.includes(awaited);) {
    const { value, done } = await events.read()
    if (done) throw new Error(`The stream ended with ${text}`)
    text += value
  }
}

test.each([
  ['/session', 'session-removed'],
  ['/owner', 'another'],
])('DELETE %s ends what runs, which leaves nothing behind', async (path, session) => {
  const claims = { sub: 'user-removed', session }
  const args = { code: 'import time\nopen("a.txt", "w").write("a")\ntime.sleep(5)' }
  const init = { headers: acceptEvents, claims } as RequestInit
  const { body } = await server().call('python_coder', args, init)
  const events = body!.pipeThrough(new TextDecoderStream()).getReader()
  await readUntil(events, 'event: progress')
  const removed = await server().fetch(path, { method: 'DELETE', claims })
  expect(removed.status).toBe(200)
  await readUntil(events, '"code":"cancelled"')
  const files = await (await server().fetch('/files', { claims })).json()
  expect(files).toMatchObject({ data: [] })
  expect(await server().deps.scratch.list(claims.sub, session)).toEqual([])
})

test('a file of the session that was run before shadows no module', async () => {
  const session = { session: 'session-shadow' }
  await run(
    { code: 'for n in ("json", "ast", "linecache", "numpy"): open(n + ".py", "w").write("1/0")' },
    session,
  )
  const { data } = await run({ code: 'import json, ast, numpy\njson.dumps([1])' }, session)
  expect(data).toMatchObject({ status: 'ok', value: "'[1]'" })
})

test('uploaded files lie in the workspace by their names', async () => {
  const { artifacts } = await run({ code: 'open("table.csv", "w").write("a,b\\n1,2\\n")' })
  const id = artifacts[0]?.fileId ?? ''
  const code = 'import pandas\nint(pandas.read_csv("table.csv").b.sum())'
  const session = { session: 'session-upload' }
  expect((await run({ code, files: [id], timeout: 30 }, session)).data.value).toBe('2')
  expect((await run({ code, timeout: 30 }, session)).data.value).toBe('2')
  const stolen = await run({ code, files: [id] }, { sub: 'user-2' })
  expect(stolen.error).toEqual({ code: 'file_not_found', retryable: false })
}, 60_000)

async function upload(name: string, bytes: number): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes).fill(65)]), name)
  const response = await server().fetch('/files', { method: 'POST', body: form })
  return ((await response.json()) as { id: string }).id
}

const listFiles = 'import os\nsorted((name, os.path.getsize(name)) for name in os.listdir("."))'

test('an upload called like a folder of the session takes another name', async () => {
  const session = { session: 'session-clash' }
  await run({ code: 'import os\nos.mkdir("data")\nopen("data/a", "w").write("a")' }, session)
  const { data } = await run({ code: listFiles, files: [await upload('data', 3)] }, session)
  expect(data.status).toBe('ok')
  expect(data.value).toMatch(/^\[\('2-data', 3\), \('data', \d+\)\]$/)
})

test('a file named twice is there once, and more than there is room for is refused', async () => {
  const id = await upload('large.bin', 40 * 2 ** 20)
  const { data } = await run({ code: listFiles, files: [id, id, id, id] })
  expect(data.value).toBe(`[('large.bin', ${40 * 2 ** 20})]`)
  const others = [await upload('large.bin', 40 * 2 ** 20), await upload('large.bin', 40 * 2 ** 20)]
  const { error, content } = await run({ code: listFiles, files: [id, ...others] })
  expect(error).toEqual({ code: 'request_too_large', retryable: false })
  expect(content).toContain('120 MiB together')
})

test('a run that waits for its turn has not read its files yet', async () => {
  const { signal } = new AbortController()
  const gate = Promise.withResolvers<[]>()
  const first = sandbox().run({ owner: 'w', code: '1', files: () => gate.promise }, { signal })
  let isRead = false
  const files = async () => {
    isRead = true
    return [{ name: 'a', bytes: Buffer.from('a') }]
  }
  const second = sandbox().run({ owner: 'w', code: 'open("a").read()', files }, { signal })
  await sleep(50)
  expect(isRead).toBe(false)
  gate.resolve([])
  expect([await first, await second]).toMatchObject([{ value: '1' }, { value: "'a'" }])
})

test('a time limit of its own keeps what was done before', async () => {
  const { data, error } = await run({
    code: 'import time\nprint("begun", flush=True)\nopen("half.txt", "w").write("half")\ntime.sleep(60)',
    timeout: 1,
  })
  expect(error).toEqual({ code: 'timeout', retryable: false })
  expect(data).toMatchObject({ stdout: 'begun\n', files: [{ name: 'half.txt' }] })
})

test.each([
  [{}, 'code'],
  [{ code: '' }, 'code'],
  [{ code: 'x', timeout: 0 }, 'timeout'],
  [{ code: 'x', timeout: 1e9 }, 'timeout'],
  [{ code: 'x', files: 'file-1' }, 'files'],
  [{ code: 'x', shell: true }, 'shell'],
])('refuses the arguments %j', async (args, param) => {
  const response = await server().call('python_coder', args)
  expect(response.status).toBe(400)
  const { error } = (await response.json()) as { error: { param: string } }
  expect(error.param).toContain(param)
})

test('tells models what can be imported, and users what holds it', async () => {
  const { tools } = (await (await server().fetch('/tools')).json()) as { tools: ToolDescription[] }
  const tool = tools.find(({ name }) => name === 'python_coder')
  expect(tool?.available).toEqual({ ok: true })
  expect(tool?.description).toMatch(/What can be imported: Python 3\.\d+.*numpy \d/)
  const health = await (await server().fetch('/health')).json()
  expect(health).toMatchObject({
    sandbox: { ok: true, driver: 'bubblewrap', limits: { processes: 48 } },
  })
})

test('ordinary programs work', async () => {
  const { data } = await run({
    code: `
import multiprocessing, threading, tempfile, sqlite3, subprocess, sys, asyncio, concurrent.futures, socket, decimal
def square(n): return n * n
with multiprocessing.Pool(2) as pool: print(pool.map(square, [1, 2, 3]))
with concurrent.futures.ThreadPoolExecutor(4) as pool: print(list(pool.map(square, [4, 5])))
with tempfile.TemporaryDirectory() as folder: print(sqlite3.connect(folder + "/a.db").execute("select 1").fetchall())
print(subprocess.run([sys.executable, "-c", "print('child')"], capture_output=True, text=True).stdout)
async def wait(): await asyncio.sleep(0.01); return "async"
print(asyncio.run(wait()))
a, b = socket.socketpair(); a.send(b"pair"); print(b.recv(9))
`,
  })
  expect(data.stderr).toBe('')
  expect(data.stdout).toBe("[1, 4, 9]\n[16, 25]\n[(1,)]\nchild\n\nasync\nb'pair'\n")
})

test('calls a function with arguments, for custom functions', async () => {
  const request = {
    owner: 'user-1',
    code: 'async def add(a, b):\n  print("called")\n  return {"sum": a + b, "set": {1}}',
    call: { name: 'another', arguments: { a: 1, b: 2 } },
  }
  const { signal } = new AbortController()
  const outcome = await sandbox().run(request, { signal })
  expect(outcome).toMatchObject({ word: 'ok', stdout: 'called\n' })
  expect(JSON.parse(outcome.json ?? '')).toEqual({ sum: 3, set: [1] })
  const none = await sandbox().run({ ...request, code: 'x = 1' }, { signal })
  expect(none).toMatchObject({ word: 'error', error: { type: 'NoEntryPoint' } })
})
