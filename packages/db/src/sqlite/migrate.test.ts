import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir, type TempDir } from '@tandem/testing'
import { openConnection, type Client } from './connection.ts'
import { migrate } from './migrate.ts'

let folder: TempDir
let client: Client
beforeEach(async () => {
  folder = await makeTempDir()
  client = openConnection(join(folder.path, 'test.db'))
})
afterEach(async () => {
  client.close()
  await folder.remove()
})

/** As drizzle-kit lays them out. */
function writeMigrations(...migrations: string[]): string {
  mkdirSync(join(folder.path, 'meta'), { recursive: true })
  const entries = migrations.map((_, at) => ({
    idx: at,
    when: at + 1,
    tag: `${at}`,
    version: '6',
    breakpoints: true,
  }))
  writeFileSync(join(folder.path, 'meta', '_journal.json'), JSON.stringify({ entries }))
  migrations.forEach((sql, at) => writeFileSync(join(folder.path, `${at}.sql`), sql))
  return folder.path
}

const tables = `CREATE TABLE parent (id INTEGER PRIMARY KEY);--> statement-breakpoint
CREATE TABLE child (parent INTEGER REFERENCES parent(id) ON DELETE CASCADE);`

const rebuild = `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT);--> statement-breakpoint
INSERT INTO new_parent (id) SELECT id FROM parent;--> statement-breakpoint
DROP TABLE parent;--> statement-breakpoint
ALTER TABLE new_parent RENAME TO parent;--> statement-breakpoint
PRAGMA foreign_keys=ON;`

it('rebuilds a table without taking the rows that refer to it', () => {
  migrate(client, writeMigrations(tables))
  client.exec('INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1)')
  migrate(client, writeMigrations(tables, rebuild))
  migrate(client, writeMigrations(tables, rebuild))
  expect(client.prepare('SELECT * FROM child').all()).toEqual([{ parent: 1 }])
  expect(client.prepare('SELECT * FROM parent').all()).toEqual([{ id: 1, name: null }])
  expect(client.pragma('foreign_keys', { simple: true })).toBe(1)
})

it.each(['CREATE TABLE parent (again INTEGER)', 'INSERT INTO child VALUES (7)'])(
  'undoes all of a run in which %j fails',
  (wrong) => {
    const folder = writeMigrations(tables, wrong)
    expect(() => migrate(client, folder)).toThrow()
    expect(client.prepare('SELECT name FROM sqlite_schema').all()).toEqual([])
  },
)
