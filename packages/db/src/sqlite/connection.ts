/** Opens one SQLite file the way both databases want it. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'

export type Client = Database.Database

/**
 * How long SQLite itself may sleep on a lock, and with it this thread. Enough for a neighbour's short commit; longer
 * waits are the store's, which sleeps without blocking.
 */
const busyTimeoutMs = 5

/**
 * Makes the folder and the file, which only the owner of the process may read: password hashes and conversations are
 * in it, and SQLite gives the files beside it the same mode.
 * @throws what SQLite throws; `SQLITE_BUSY` where another process is switching to WAL at this moment.
 */
export function openConnection(path: string): Client {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  const client = new Database(path, { timeout: busyTimeoutMs })
  try {
    setPragmas(client)
  } catch (error) {
    client.close()
    throw error
  }
  return client
}

function setPragmas(client: Client): void {
  client.pragma('journal_mode = WAL')
  // A commit in WAL mode is in the kernel's hands before it is acknowledged, so kill -9 loses none. FULL would also
  // survive a power cut, but syncs on every commit: milliseconds in which no request moves. NORMAL syncs at
  // checkpoints; a power cut may then take the last commits, never the file's integrity.
  client.pragma('synchronous = NORMAL')
  client.pragma('foreign_keys = ON')
}

/** Checkpoints copy and sync; a connection that must stay quick leaves them, up to 16 MiB, to a worker's. */
export function leaveCheckpoints(client: Client): void {
  client.pragma('wal_autocheckpoint = 4000')
}
