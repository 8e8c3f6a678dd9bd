/**
 * Applies the migrations that drizzle-kit wrote, in its own book-keeping table. drizzle's migrator is not used: it reads
 * what is applied before it takes the lock, so two processes that start together apply a migration twice, and it leaves
 * foreign keys on, so that rebuilding a table deletes the rows that refer to it.
 */
import { AppError } from '@tandem/schemas'
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator'
import type { Client } from './connection.ts'

const bookkeeping = `CREATE TABLE IF NOT EXISTS __drizzle_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hash text NOT NULL, created_at numeric)`

/**
 * All that is missing, in one transaction. Foreign keys are off meanwhile and checked at the end.
 * @throws AppError `storage_unavailable` where the file was made by a newer program.
 */
export function migrate(client: Client, folder: string): void {
  const migrations = readMigrationFiles({ migrationsFolder: folder })
  client.pragma('foreign_keys = OFF')
  try {
    client.transaction(() => applyMissing(client, migrations)).immediate()
  } finally {
    client.pragma('foreign_keys = ON')
  }
}

function applyMissing(client: Client, migrations: readonly MigrationMeta[]): void {
  client.exec(bookkeeping)
  const last = lastApplied(client)
  refuseNewer(client, last, migrations)
  const missing = migrations.filter(({ folderMillis }) => folderMillis > last)
  if (missing.length === 0) return
  const note = client.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)')
  for (const { sql, hash, folderMillis } of missing) {
    for (const statement of sql) client.exec(statement)
    note.run(hash, folderMillis)
  }
  const [broken] = client.pragma('foreign_key_check') as unknown[]
  if (broken) throw new Error(`A migration broke a reference: ${JSON.stringify(broken)}`)
}

function lastApplied(client: Client): number {
  const last = client.prepare('SELECT max(created_at) FROM __drizzle_migrations').pluck().get()
  return typeof last === 'number' ? last : 0
}

function refuseNewer(client: Client, last: number, migrations: readonly MigrationMeta[]): void {
  if (last <= (migrations.at(-1)?.folderMillis ?? 0)) return
  throw new AppError('storage_unavailable', {
    message: `The database ${client.name} was made by a newer version of this program. Update, or restore a backup.`,
  })
}
