/** The main API's database: one connection here, one in a worker, and each table's queries on them. */
import { fileURLToPath } from 'node:url'
import { and } from 'drizzle-orm'
import { openStore } from '../sqlite/store.ts'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import { createAttachments, type Attachments } from './attachments.ts'
import { createBulkThread, type BulkThread } from './bulk-thread.ts'
import type { AppStore } from './app-store.ts'
import { owned } from './claims.ts'
import { createLargeMessages } from './large-messages.ts'
import { createLargeRuns } from './large-runs.ts'
import { countBytes, createMessages, type Messages } from './messages.ts'
import { newId } from './new-id.ts'
import { createRemovals, type Removals } from './removals.ts'
import { isOwners, ownedRun } from './run-rows.ts'
import { countInput, waitsFor } from './run-waits.ts'
import { createRuns, type Runs } from './runs.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { toUsageRows, type Usage } from './usage.ts'
import { createUsers, type Users } from './users.ts'

export interface AppDb {
  users: Users
  apiKeys: ApiKeys
  sessions: Sessions
  messages: Messages
  /** Files that sessions know. */
  attachments: Attachments
  /** Runs of agents and their events. */
  runs: Runs
  /** What the tools server must still be told to remove. */
  removals: Removals
  /** Runs in a worker thread, which starts at the first call. */
  usage: Usage
  /** Finishes what waits. Close what writes here (`UsageWriter`, `KeyUses`) first. */
  close(): Promise<void>
}

export interface AppDbOptions {
  /** The file, `data/app.db`; it and its folder are made. */
  path: string
  /** How long a write waits for a lock that another process holds; 10 s. */
  patienceMs?: number | undefined
  now?: (() => number) | undefined
  newId?: ((prefix: string) => string) | undefined
}

const migrations = fileURLToPath(new URL('./migrations', import.meta.url))

/**
 * Opens the database and brings its tables up to date. Does not call `messages.recoverInterrupted`: only a server that
 * starts may, not a script beside it.
 * @throws AppError `storage_unavailable` where the file cannot be opened, stays locked, or is of a newer version. Every
 * query throws the same where the storage fails or a write finds no way past a lock in `patienceMs`.
 */
export async function openAppDb(options: AppDbOptions): Promise<AppDb> {
  const { path, patienceMs } = options
  const store = await openStore({
    path,
    migrations,
    ...(patienceMs !== undefined && { patienceMs }),
  })
  const db: AppStore = { ...store, now: options.now ?? Date.now, newId: options.newId ?? newId }
  return createAppDb(db, createBulkThread({ path, patienceMs }))
}

function createAppDb(db: AppStore, bulk: BulkThread): AppDb {
  return {
    users: { ...createUsers(db), remove: (id) => bulk.call('removeUser', id) },
    apiKeys: {
      ...createApiKeys(db),
      touchLastUsed: (uses) => bulk.call('touchLastUsed', uses),
    },
    sessions: {
      ...createSessions(db),
      remove: (owner, id) => bulk.call('removeSession', owner, id),
    },
    messages: createLargeMessages({
      messages: createMessages(db),
      bulk,
      sizeOf: (owner, id, part) => db.read(() => countBytes(db, owned(db, owner, id), part)),
    }),
    attachments: createAttachments(db),
    runs: {
      ...createLargeRuns({
        runs: createRuns(db),
        bulk,
        sizeOf: (owner, waiting) =>
          db.read(() =>
            countInput(
              db,
              'id' in waiting
                ? ownedRun(db, owner, waiting.id)
                : and(isOwners(db, owner), waitsFor(db, waiting.callIds)),
            ),
          ),
      }),
      removeOld: (before) => bulk.call('removeOldRuns', before),
    },
    removals: createRemovals(db),
    usage: {
      insert: (records) => bulk.call('insertUsage', toUsageRows(records)),
      summarize: (owner, query) => bulk.call('summarizeUsage', owner, query),
      summarizeAll: (query) => bulk.call('summarizeAllUsage', query),
    },
    async close() {
      await bulk.close()
      await db.close()
    },
  }
}
