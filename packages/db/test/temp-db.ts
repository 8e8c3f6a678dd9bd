/** A real database in a temp folder, with two users and a clock that the test turns. */
import { join } from 'node:path'
import { makeTempDir } from '@tandem/testing'
import { openAppDb, type AppDb, type AppDbOptions } from '../src/index.ts'

export interface TempDb {
  db: AppDb
  path: string
  /** Public ids of two users. */
  ann: string
  ben: string
  clock: { now: number }
  remove(): Promise<void>
}

export async function makeTempDb(options: Partial<AppDbOptions> = {}): Promise<TempDb> {
  const folder = await makeTempDir()
  const path = join(folder.path, 'data', 'app.db')
  const clock = { now: Date.UTC(2026, 10, 21, 12) }
  const db = await openAppDb({ path, now: () => clock.now, ...options })
  const ann = await addUser(db, 'ann')
  const ben = await addUser(db, 'ben')
  const remove = async () => {
    await db.close()
    await folder.remove()
  }
  return { db, path, ann, ben, clock, remove }
}

async function addUser(db: AppDb, username: string): Promise<string> {
  const user = await db.users.create({
    username,
    passwordHash: `hash of ${username}`,
    role: 'user',
  })
  if (!user) throw new Error(`${username} exists`)
  return user.id
}
