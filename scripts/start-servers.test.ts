/** `start-servers.sh` itself: first over a stand-in for the project, then the real thing, end to end. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mainApiOnlySettings } from '@tandem/config'
import { makeTempDir, type TempDir } from '@tandem/testing'

const root = join(import.meta.dirname, '..')
const realScript = join(root, 'start-servers.sh')

let folder: TempDir
beforeEach(async () => {
  folder = await makeTempDir()
})
afterEach(() => folder.remove())

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

describe('start-servers.sh', () => {
  let project: string
  let bin: string

  beforeEach(() => {
    project = join(folder.path, 'a project')
    bin = join(folder.path, 'bin')
    write(
      join(project, 'scripts/start-servers.ts'),
      'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]))',
    )
    write(join(project, 'pnpm-lock.yaml'), 'locked: 1\n')
    write(join(project, '.env.example'), '#MAIN_API_PORT=10007\n')
    copyFileSync(realScript, join(project, 'start-servers.sh'))
    for (const tool of [
      'bash',
      'env',
      'dirname',
      'readlink',
      'cmp',
      'cat',
      'touch',
      'mkdir',
      'ln',
      'cp',
    ])
      linkTool(tool)
    write(join(bin, 'npx'), fakeNpx(), 0o755)
    linkNode()
  })

  function linkTool(name: string): void {
    mkdirSync(bin, { recursive: true })
    const place = ['/bin', '/usr/bin'].map((dir) => join(dir, name)).find((path) => isFile(path))
    if (place !== undefined) symlinkSync(place, join(bin, name))
  }

  function linkNode(): void {
    symlinkSync(process.execPath, join(bin, 'node'))
  }

  async function start(
    args: string[] = [],
    env: Record<string, string> = {},
    script = join(project, 'start-servers.sh'),
  ) {
    const options = { cwd: folder.path, env: { PATH: bin, ...env } }
    const run = promisify(execFile)(join(bin, 'bash'), [script, ...args], options)
    return run.then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({
        code: Number(code),
        stdout: String(stdout),
        stderr: String(stderr),
      }),
    )
  }

  test('installs with a frozen lock file, once, and then starts in the project’s folder', async () => {
    expect(JSON.parse((await start(['x y'])).stdout)).toEqual([project, 'x y'])
    expect(installs()).toEqual(['--yes pnpm@10 install --frozen-lockfile'])
    expect((await start()).stderr).toBe('')
    expect(installs()).toHaveLength(1)
  })

  test('installs again when the lock file changed', async () => {
    await start()
    await sleep(20)
    write(join(project, 'pnpm-lock.yaml'), 'locked: 2\n')
    await start()
    expect(installs()).toHaveLength(2)
  })

  test('is found through symbolic links', async () => {
    symlinkSync(join(project, 'start-servers.sh'), join(folder.path, 'one'))
    symlinkSync('one', join(folder.path, 'two'))
    expect(JSON.parse((await start([], {}, join(folder.path, 'two'))).stdout)).toEqual([project])
  })

  test('keeps what node has compiled beside what is installed, or where the environment says', async () => {
    await start()
    expect(readdirSync(join(project, 'node_modules/.cache/compile'))).not.toEqual([])
    const elsewhere = join(folder.path, 'compiled')
    await start([], { NODE_COMPILE_CACHE: elsewhere })
    expect(readdirSync(elsewhere)).not.toEqual([])
  })

  test('tells the settings before anything is installed', async () => {
    const { code, stdout } = await start(['--help'])
    expect({ code, installs: installs() }).toEqual({ code: 0, installs: [] })
    expect(stdout).toContain('MAIN_API_PORT')
  })

  test('says in one line that node is missing', async () => {
    rmSync(join(bin, 'node'))
    const { code, stderr } = await start()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^start-servers.sh: Node.js 18 or newer is needed.*\n$/)
  })

  test('says in one line that node is too old', async () => {
    rmSync(join(bin, 'node'))
    write(
      join(bin, 'node'),
      '#!/usr/bin/env bash\n[[ $1 == --version ]] && echo v16.20.0 || echo 16\n',
      0o755,
    )
    const { code, stderr } = await start()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^start-servers.sh: Node.js 18 or newer.*this is v16.20.0.*\n$/)
  })

  test('says that installing failed, and tries again the next time', async () => {
    const { code, stderr } = await start([], { NPX_FAILS: '1' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/start-servers.sh: installing failed/)
    expect((await start()).code).toBe(0)
  })

  test('keeps ignoring the hangup under nohup', async () => {
    await start()
    const command = `trap '' HUP; exec ./start-servers.sh`
    const options = { cwd: project, env: { PATH: bin } }
    const { stdout } = await promisify(execFile)(join(bin, 'bash'), ['-c', command], options)
    expect(JSON.parse(stdout)).toEqual([project, '--ignore-hangup'])
  })
})

describe('the real servers', () => {
  let child: ChildProcess | undefined
  let output = ''

  // They end by themselves when their supervisor is gone.
  afterEach(() => void child?.kill('SIGKILL'))

  async function startReal(): Promise<void> {
    output = ''
    const unset = Object.fromEntries(mainApiOnlySettings.map((name) => [name, '']))
    const started = spawn(realScript, [], {
      cwd: folder.path,
      env: {
        ...process.env,
        ...unset,
        JWT_SECRET_KEY: undefined,
        MAIN_API_PORT: '0',
        TOOLS_PORT: '0',
        HOST: '127.0.0.1',
        PUBLIC_URL: '',
        DATA_DIR: join(folder.path, 'data'),
        RAG_MODEL_HUB: 'off',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk) => (output += String(chunk)))
    child = started
    while (!output.includes('Ctrl-C stops both')) {
      if (started.exitCode !== null) throw new Error(`did not start:\n${output}`)
      await sleep(20)
    }
  }

  async function stopReal(): Promise<number | null> {
    child?.kill('SIGTERM')
    return new Promise((resolve) => child?.once('close', resolve))
  }

  const printedRequest = (): string => /(curl [^]*?\}')/.exec(output)?.[1] ?? ''

  test('start, answer the printed request token by token, and stop; the key works on, but is not told again', async () => {
    await startReal()
    const stdout = await ask(printedRequest())
    expect(stdout.match(/^data: \{.*"chat.completion.chunk"/gm)?.length).toBeGreaterThan(3)
    expect(stdout.trimEnd()).toMatch(/data: \[DONE\]$/)
    expect(output).toMatch(/Username {2}admin\n {2}Password {2}\S{20}\n {2}API key {3}sk-tandem-/)
    expect(await stopReal()).toBe(0)
    const [key = ''] = /sk-tandem-\S+/.exec(output) ?? []
    await startReal()
    expect(output).not.toContain('sk-tandem-')
    expect(output).toContain('create-user --api-key')
    expect(await ask(printedRequest())).toContain('Incorrect API key provided')
    expect(await ask(printedRequest().replace('YOUR_API_KEY', key))).toContain('data: [DONE]')
    expect(await stopReal()).toBe(0)
    const kept = readdirSync(join(folder.path, 'data'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name)))
    expect(kept.length).toBeGreaterThan(3)
    expect(kept.filter((content) => content.includes(key))).toEqual([])
  }, 60_000)
})

async function ask(command: string): Promise<string> {
  const run = promisify(execFile)('bash', ['-c', `${command} --silent --show-error`])
  return (await run).stdout
}

/** Notes how it was called and does what `pnpm install` would do. */
function fakeNpx(): string {
  return `#!/usr/bin/env bash
echo "$@" >> ${JSON.stringify(join(folder.path, 'npx.log'))}
[ -z "\${NPX_FAILS:-}" ] || exit 1
mkdir -p node_modules/node/bin node_modules/.pnpm
ln -sf ${JSON.stringify(process.execPath)} node_modules/node/bin/node
cp pnpm-lock.yaml node_modules/.pnpm/lock.yaml
`
}

function installs(): string[] {
  const path = join(folder.path, 'npx.log')
  return isFile(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
}

function isFile(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}
