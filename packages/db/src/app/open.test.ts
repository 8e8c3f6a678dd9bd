import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeTempDir, type TempDir } from '@tandem/testing'
import Database from 'better-sqlite3'
import { holdLock } from '../../test/children.ts'
import { makeTempDb } from '../../test/temp-db.ts'
import { openAppDb } from '../index.ts'

let folder: TempDir
let path: string
beforeEach(async () => {
  folder = await makeTempDir()
  path = join(folder.path, 'deep', 'data', 'app.db')
})
afterEach(() => folder.remove())

describe('openAppDb', () => {
  it('makes the folder and the file for the owner alone, in WAL mode', async () => {
    const db = await openAppDb({ path })
    await db.users.create({ username: 'a', passwordHash: 'h', role: 'user' })
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    await db.close()
    const plain = new Database(path)
    expect(plain.pragma('journal_mode', { simple: true })).toBe('wal')
    plain.close()
  })

  it('opens many times at once, and keeps what is there', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => openAppDb({ path })))
    await opened[0]?.users.create({ username: 'a', passwordHash: 'h', role: 'user' })
    for (const db of opened) await db.close()
    const again = await openAppDb({ path })
    expect(await again.users.count()).toBe(1)
    await again.close()
  })

  it('refuses a file of a newer version, a file that is no database, and a folder', async () => {
    await (await openAppDb({ path })).close()
    const plain = new Database(path)
    plain.exec(`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 9e15)`)
    plain.close()
    const unavailable = { code: 'storage_unavailable' }
    await expect(openAppDb({ path })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('newer version'),
    })
    const other = join(folder.path, 'text.db')
    writeFileSync(other, 'no database at all, '.repeat(100))
    await expect(openAppDb({ path: other })).rejects.toMatchObject(unavailable)
    mkdirSync(join(folder.path, 'folder.db'))
    await expect(openAppDb({ path: join(folder.path, 'folder.db') })).rejects.toMatchObject(
      unavailable,
    )
  })

  it('answers storage_unavailable once it is closed', async () => {
    const db = await openAppDb({ path })
    await db.close()
    const unavailable = { code: 'storage_unavailable' }
    await expect(db.users.count()).rejects.toMatchObject(unavailable)
    await expect(db.users.raiseTokenVersion('x')).rejects.toMatchObject(unavailable)
    await expect(db.users.remove('x')).rejects.toMatchObject(unavailable)
  })
})

describe('a write lock that another process holds', () => {
  it('for 3 s costs no error, no read, and does not block the thread', async () => {
    const temp = await makeTempDb()
    const holder = await holdLock(temp.path, 3000)
    const from = performance.now()
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    // The monitor measures from its own first tick on.
    await sleep(30)
    const ids = Array.from({ length: 100 }, (_, at) => `s${at}`)
    const writes = ids.map((id) => temp.db.sessions.getOrCreate(temp.ann, id))
    expect(await temp.db.users.findById(temp.ann)).toBeDefined()
    expect(holder.lines()).toEqual(['locked'])
    const written = await Promise.all(writes)
    delay.disable()
    expect(performance.now() - from).toBeGreaterThan(1500)
    expect(written.map((session) => session?.id)).toEqual(ids)
    // 50 ms, with room at the very top for a busy machine.
    expect(delay.percentile(99) / 1e6).toBeLessThan(50)
    expect(delay.max / 1e6).toBeLessThan(500)
    await holder.ended
    await temp.remove()
  })

  it('for longer gives storage_unavailable with a time to wait, and works again after', async () => {
    const temp = await makeTempDb({ patienceMs: 300 })
    const holder = await holdLock(temp.path, 2500)
    const outcomes = await Promise.allSettled([
      temp.db.sessions.getOrCreate(temp.ann, 'a'),
      temp.db.sessions.getOrCreate(temp.ann, 'b'),
      temp.db.users.update(temp.ann, { disabled: true }),
    ])
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'storage_unavailable', status: 503, retryAfterMs: expect.any(Number) },
      })
    }
    await holder.ended
    expect(await temp.db.sessions.get(temp.ann, 'a')).toBeUndefined()
    expect(await temp.db.sessions.getOrCreate(temp.ann, 'a')).toBeDefined()
    await temp.remove()
  })
})
