/** `create-user` as scripts call it, as a person at a terminal does, and beside a running server. */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openAppDb, type AppDb } from '@tandem/db'
import { baseEnv, makeTempDir, spawnServer, type TempDir } from '@tandem/testing'
import { createUser } from './create-user.ts'

const root = join(import.meta.dirname, '../..')
const password = 'a long password'

let folder: TempDir
beforeEach(async () => {
  folder = await makeTempDir()
})
afterEach(() => folder.remove())

async function withDb<T>(use: (db: AppDb) => Promise<T>): Promise<T> {
  const db = await openAppDb({ path: join(folder.path, 'app.db') })
  try {
    return await use(db)
  } finally {
    await db.close()
  }
}

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** The script itself, as a process. */
function run(args: string[], input = '', env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'scripts/create-user.ts'), ...args], {
    env: { ...baseEnv(), DATA_DIR: folder.path, ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
}

/** The same in this process, which takes no second to start. */
async function call(args: string[], input = '', env: Record<string, string> = {}): Promise<Ended> {
  const stdin = new PassThrough()
  stdin.end(input)
  const [output, messages] = [new PassThrough(), new PassThrough()]
  const code = await createUser(args, {
    root: folder.path,
    env: { DATA_DIR: folder.path, ...env },
    input: stdin as unknown as NodeJS.ReadStream,
    output,
    messages,
  })
  return { code, stdout: String(output.read() ?? ''), stderr: String(messages.read() ?? '') }
}

describe('with flags and the password on stdin', () => {
  test('makes the first user an administrator, later ones as asked', async () => {
    const first = await run(['--username', 'ann'], `${password}\n`)
    expect(first).toMatchObject({ code: 0, stdout: '' })
    expect(first.stderr).toMatch(/^Made the administrator ann\.\nThere was no database in .+ yet/)
    const second = await call(['-u', 'ben'], `${password}\r\nmore`)
    expect(second).toEqual({ code: 0, stdout: '', stderr: 'Made the user ben.\n' })
    const third = await call(['--', '--username', 'carl', '--admin'], password)
    expect(third.stderr).toBe('Made the administrator carl.\n')
    await withDb(async ({ users }) => {
      expect((await users.findByUsername('ben'))?.passwordHash).toMatch(/^\$2b\$12\$/)
    })
  })

  test('prints a key alone on stdout, and it is the user’s', async () => {
    const { code, stdout } = await run(['--username', 'ann', '--api-key'], password)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^sk-tandem-[\w-]{43}\n$/)
    await withDb(async ({ users, apiKeys }) => {
      const user = await users.findByUsername('ann')
      expect(await apiKeys.list(user!.id)).toMatchObject([
        { name: 'create-user', prefix: stdout.slice(0, 16) },
      ])
    })
  })

  test('refuses a taken name in any case: code 1', async () => {
    await call(['--username', 'ann'], password)
    const { code, stderr } = await call(['--username', 'ANN'], password)
    expect([code, stderr]).toEqual([1, 'create-user: This username is taken.\n'])
  })

  test.each<[string, string[], [input: string, why: RegExp]]>([
    ['a short password', ['-u', 'x'], ['short', /password is not valid: give at least 8/]],
    ['a password of 73 bytes', ['-u', 'x'], ['x'.repeat(73), /more than 72 bytes/]],
    ['no password', ['-u', 'x'], ['', /read from the standard input/]],
    ['no name', [], [password, /--username is needed/]],
    ['a bad name', ['-u', 'x y'], [password, /username is not valid/]],
    ['an unknown flag', ['--frob'], [password, /Unknown option '--frob'/]],
    ['a word too many', ['ann'], [password, /'ann'/]],
    ['a password as an argument', ['-u', 'x', '--password', 'y'], ['', /Unknown option/]],
  ])('refuses %s: code 2, one line, nothing made', async (_, args, [input, why]) => {
    const { code, stdout, stderr } = await call(args, input)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^create-user: .+\n$/)
    expect(stderr).toMatch(why)
    expect(readdirSync(folder.path)).toEqual([])
  })

  test('says that a setting or the database is bad', async () => {
    const setting = await call(['-u', 'x'], password, { MAIN_API_PORT: 'abc' })
    expect(setting).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/MAIN_API_PORT: .+\n$/),
    })
    const place = await call(['-u', 'x'], password, { DATA_DIR: '/dev/null/x' })
    expect(place).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^create-user: the database \/dev\/null\/x.+DATA_DIR.+\n$/),
    })
  })

  test('--help tells what there is: code 0', async () => {
    const { code, stdout } = await call(['--help'])
    expect(code).toBe(0)
    for (const word of ['--username', '--admin', '--api-key', 'Exit codes']) {
      expect(stdout).toContain(word)
    }
  })
})

interface Asked extends Ended {
  screen: string
}

/** Types each answer when its question stands on the screen. */
async function answer(
  args: string[],
  answers: [question: RegExp, typed: string][],
): Promise<Asked> {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
  const messages = new PassThrough()
  const output = new PassThrough()
  let [screen, stdout] = ['', '']
  let at = 0
  messages.on('data', (chunk) => {
    screen += String(chunk)
    const [question, typed] = answers[at] ?? []
    if (!question?.test(screen)) return
    at += 1
    setTimeout(() => input.write(typed), 20)
  })
  output.on('data', (chunk) => (stdout += String(chunk)))
  const code = await createUser(args, {
    root: folder.path,
    env: { DATA_DIR: folder.path },
    input: input as unknown as NodeJS.ReadStream,
    messages,
    output,
  })
  return { code, stdout, stderr: screen, screen }
}

describe('at a terminal', () => {
  test('asks for all, shows no password, and makes what was answered', async () => {
    await withDb(({ users }) => users.create({ username: 'x', passwordHash: 'x', role: 'admin' }))
    const { code, screen, stdout } = await answer(
      [],
      [
        [/Username: /, 'ann\r'],
        [/not shown\): /, 'a lonk\u007f\u007fng password\r'],
        [/again: /, 'a long password\r'],
        [/Administrator\?/, 'n\r'],
        [/API key\?/, 'yes\r'],
      ],
    )
    expect(code).toBe(0)
    expect(screen).not.toContain('password\r')
    expect(screen).not.toMatch(/lon[gk]/)
    expect(screen).toContain('Made the user ann.')
    expect(stdout).toMatch(/^sk-tandem-\S+\n$/)
  })

  test('asks only for the password where the name is given', async () => {
    const { code, screen } = await answer(
      ['--username', 'ann', '--admin'],
      [
        [/not shown\): /, 'a long password\r'],
        [/again: /, 'a long password\r'],
      ],
    )
    expect([code, screen]).toEqual([0, expect.not.stringMatching(/Administrator\?|API key\?/)])
  })

  test('two passwords that differ: code 2', async () => {
    const { code, screen } = await answer(
      ['--username', 'ann'],
      [
        [/not shown\): /, 'a long password\r'],
        [/again: /, 'another password\r'],
      ],
    )
    expect([code, screen]).toEqual([2, expect.stringMatching(/are not the same/)])
  })

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s breaks off: code 130, nothing made', async (_, typed) => {
    const { code } = await answer([], [[/Username: /, typed]])
    expect(code).toBe(130)
    expect(readdirSync(folder.path)).toEqual([])
  })
})

test('works beside a running server, which knows the user at once', async () => {
  const server = await spawnServer({
    script: join(root, 'apps/api-server/src/main.ts'),
    cwd: folder.path,
    env: {
      DATA_DIR: folder.path,
      MAIN_API_PORT: '0',
      TOOLS_PORT: '1',
      PROMPTS_DIR: join(root, 'prompts'),
    },
    readyWhen: (line) => /"listening"/.test(line) && (/"url":"([^"]+)"/.exec(line)?.[1] ?? false),
    timeoutMs: 60_000,
  })
  const { stdout } = await run(['--username', 'ann', '--api-key'], password)
  const headers = { authorization: `Bearer ${stdout.trim()}` }
  const me = await fetch(`${server.url}/api/auth/me`, { headers })
  expect(await me.json()).toMatchObject({ username: 'ann', role: 'user' })
  await server.stop('SIGKILL')
}, 90_000)
