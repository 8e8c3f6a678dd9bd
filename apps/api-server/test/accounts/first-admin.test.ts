/** The first start, as a process: who is made, what is told, what is kept. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import pino from 'pino'
import { loadConfig, loadSecrets } from '@tandem/config'
import { hashApiKey } from '@tandem/db'
import { makeTempDir, type TempDir } from '@tandem/testing'
import { ensureAdmin, type MadeAdmin } from '../../src/auth/first-admin.ts'
import { closeDeps, createDeps, type Deps } from '../../src/deps.ts'
import { spawnGateway, type GatewayProcess } from '../support/spawn-gateway.ts'
import { promptsDir } from '../support/start-gateway.ts'
import { ask, logIn } from './people.ts'

let folder: TempDir
let running: GatewayProcess[] = []
beforeEach(async () => {
  folder = await makeTempDir()
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((each) => each.close()))
  await folder.remove()
})

async function start(env: Record<string, string> = {}): Promise<GatewayProcess> {
  const unset = { ADMIN_API_KEY: '', ADMIN_PASSWORD: '' }
  const server = await spawnGateway({ DATA_DIR: folder.path, ...unset, ...env })
  running.push(server)
  return server
}

interface Told {
  username: string
  password: string
  key: string
}

function toldBy(server: GatewayProcess): Told | undefined {
  const found = /Username {2}(.+)\n {2}Password {2}(.+)\n {2}API key {3}(.+)\n/.exec(
    server.stderr(),
  )
  const [, username = '', password = '', key = ''] = found ?? []
  return found ? { username, password, key } : undefined
}

const statusOf = async (server: GatewayProcess, as: string) =>
  (await ask(server, '/api/auth/me', { as })).status

const files = () =>
  readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name)))

describe('the first start', () => {
  it('makes an administrator with a random password and key, told once and kept nowhere', async () => {
    const first = await start()
    const told = toldBy(first)!
    expect(told.username).toBe('admin')
    expect(told.password).toMatch(/^[\w-]{20}$/)
    expect(told.key).toMatch(/^sk-tandem-[\w-]{43}$/)
    const { json } = await ask(first, '/api/auth/me', { as: told.key })
    expect(json).toMatchObject({ username: 'admin', role: 'admin' })
    await logIn(first, told.username, told.password)
    await first.stop()
    for (const secret of [told.password, told.key]) {
      expect(first.stdout()).not.toContain(secret)
      expect(files().filter((content) => content.includes(secret))).toEqual([])
    }

    const second = await start()
    expect(toldBy(second)).toBeUndefined()
    expect(second.stderr()).toBe('')
    expect(await statusOf(second, told.key)).toBe(200)
    await logIn(second, told.username, told.password)
  }, 90_000)

  it('takes name, password and key from the environment, and tells none of them', async () => {
    const given = {
      ADMIN_USERNAME: 'root@example.org',
      ADMIN_PASSWORD: 'chosen by the operator',
      ADMIN_API_KEY: 'sk-chosen-by-the-operator',
    }
    const server = await start(given)
    expect(server.stderr()).toBe('')
    expect(await statusOf(server, given.ADMIN_API_KEY)).toBe(200)
    await logIn(server, given.ADMIN_USERNAME, given.ADMIN_PASSWORD)
    expect(server.stdout()).not.toMatch(/chosen.by.the.operator/)
    expect(server.logs()).toContainEqual(
      expect.objectContaining({
        msg: 'made the first administrator',
        username: 'root@example.org',
      }),
    )
  })

  it('tells only what it made up', async () => {
    const env = { ADMIN_API_KEY: 'sk-chosen-by-the-operator' }
    await startInside(env, async (deps, made) => {
      expect(made).toEqual({ username: 'admin', password: expect.any(String), apiKey: undefined })
      expect(await holderOf(deps, env.ADMIN_API_KEY)).toBe('admin')
    })
  })

  it('of two that start at once on one folder one makes the administrator, and the other is refused', async () => {
    const both = await Promise.allSettled([start(), start()])
    const [server] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const [refused] = both.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(String(refused)).toContain('is in use by another main API')
    const { key } = toldBy(server!)!
    const { json } = await ask(server!, '/api/users', { as: key })
    expect(json.users).toHaveLength(1)
  }, 90_000)

  it('two processes make one administrator', async () => {
    const made = await Promise.all([1, 2].map(() => startInside({}, async (_deps, one) => one)))
    expect(made.filter((one) => one !== undefined)).toHaveLength(1)
  })
})

/** A start without a socket: what a server does before it listens. */
async function startInside<T>(
  env: Record<string, string>,
  use: (deps: Deps, made: MadeAdmin | undefined) => Promise<T>,
): Promise<T> {
  const config = loadConfig({
    env: { DATA_DIR: folder.path, PROMPTS_DIR: promptsDir, ...env },
    cwd: folder.path,
  })
  const names = ['jwtSecretKey', 'serviceSecret'] as const
  const secrets = loadSecrets({ dataDir: config.dataDir, given: config, names })
  const logger = pino({ level: 'silent' })
  const deps = await createDeps({ config, secrets, logger, passwordCost: 4 })
  try {
    return await use(deps, await ensureAdmin(deps))
  } finally {
    await closeDeps(deps)
  }
}

const holderOf = async ({ db }: Deps, key: string) =>
  (await db.apiKeys.findByHash(hashApiKey(key)))?.user.username

describe('later starts', () => {
  it('add another ADMIN_API_KEY to the first administrator, once; the old ones go on', async () => {
    const key = await startInside({}, async (_deps, made) => made!.apiKey!)
    for (const given of ['sk-another-key', 'sk-another-key', 'sk-one-more-key']) {
      await startInside({ ADMIN_API_KEY: given }, async (deps, made) => {
        expect(made).toBeUndefined()
        expect(await holderOf(deps, given)).toBe('admin')
        expect(await holderOf(deps, key)).toBe('admin')
      })
    }
    await startInside({}, async ({ db }) => {
      const keys = await db.apiKeys.list((await db.users.findFirstAdmin())!.id)
      const names = keys.map(({ name }) => name).toSorted()
      expect(names).toEqual(['ADMIN_API_KEY', 'ADMIN_API_KEY', 'first key'])
    })
  })

  it('leave the password, and the users, as they are', async () => {
    await startInside({ ADMIN_PASSWORD: 'the first password' }, async () => {})
    const env = { ADMIN_PASSWORD: 'the second password', ADMIN_USERNAME: 'other' }
    await startInside(env, async ({ db, auth }) => {
      expect(await db.users.count()).toBe(1)
      const admin = await db.users.findByUsername('admin')
      expect(await auth.passwords.matches('the first password', admin?.passwordHash)).toBe(true)
    })
  })

  it('keep logins, unless JWT_SECRET_KEY changed', async () => {
    const token = await startInside(
      {},
      async ({ auth }) => auth.tokens.issue({ id: 'user_x', tokenVersion: 3 }).access_token,
    )
    const read = (env: Record<string, string>) =>
      startInside(env, async ({ auth }) => auth.tokens.read(token))
    expect(await read({})).toMatchObject({ userId: 'user_x', version: 3 })
    expect(await read({ JWT_SECRET_KEY: 'q8Zr2vX0pLwN5tYb7uKdJ4sHf9GaCe1M' })).toBeUndefined()
  })

  it('with users made by create-user make nobody', async () => {
    await startInside({}, async (deps, made) => {
      expect(made).toBeDefined()
      await deps.db.users.create({ username: 'ann', passwordHash: 'x', role: 'admin' })
    })
    expect(await startInside({}, async (_deps, made) => made)).toBeUndefined()
  })
})

it('an empty JWT_SECRET_KEY stops the start, with the remedy and nothing made', async () => {
  const failed = start({ JWT_SECRET_KEY: '' }).then(
    () => undefined,
    (error: unknown) => String(error),
  )
  expect(await failed).toMatch(/ended with code 2[^]*JWT_SECRET_KEY: is empty; .*openssl rand/)
  expect(files()).toEqual([])
}, 60_000)
