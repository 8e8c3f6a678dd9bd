/** One SQLite connection behind promises: what the queries of a table are built on. */
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { leaveCheckpoints, openConnection, type Client } from './connection.ts'
import { storageUnavailable } from './errors.ts'
import { migrate } from './migrate.ts'
import { retryWhileBusy } from './retry.ts'
import { createWriteQueue } from './write-queue.ts'

export interface Store {
  readonly orm: BetterSQLite3Database & { readonly $client: Client }
  /** Runs a query; readers never wait for writers. */
  read<T>(query: () => T): Promise<T>
  /**
   * Runs statements as one `BEGIN IMMEDIATE` transaction; what throws undoes all of it. A single statement too: where it
   * returns rows, the driver stops after the first and does not see a commit that fails (a full disk).
   */
  write<T>(statements: () => T): Promise<T>
  /** Finishes what waits, then closes. Later calls throw `storage_unavailable`. */
  close(): Promise<void>
}

export interface StoreOptions {
  path: string
  /** The folder of the migrations to apply first; without it the tables are taken to be there. */
  migrations?: string
  /** How long to wait for a lock that another connection holds. */
  patienceMs?: number
  /** True in a worker, where checkpoints disturb nobody. */
  checkpoints?: boolean
}

const defaultPatienceMs = 10_000

/** @throws AppError `storage_unavailable` where the file cannot be opened, or stays locked. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const patienceMs = options.patienceMs ?? defaultPatienceMs
  const deadline = performance.now() + patienceMs
  const client = await retryWhileBusy(() => openConnection(options.path), deadline)
  try {
    const { migrations } = options
    if (migrations) await retryWhileBusy(() => migrate(client, migrations), deadline)
  } catch (error) {
    client.close()
    throw error
  }
  if (!options.checkpoints) leaveCheckpoints(client)
  return createStore(client, patienceMs)
}

function createStore(client: Client, patienceMs: number): Store {
  const queue = createWriteQueue(patienceMs)
  return {
    orm: drizzle({ client }),
    read: (query) => retryWhileBusy(ifOpen(client, query), performance.now() + patienceMs),
    write: (statements) =>
      queue.add(ifOpen(client, () => client.transaction(statements).immediate())),
    async close() {
      await queue.idle()
      client.close()
    },
  }
}

function ifOpen<T>(client: Client, query: () => T): () => T {
  return () => {
    if (!client.open) throw storageUnavailable(new Error('The storage is closed.'))
    return query()
  }
}
