/** The thread that searches, so that no search holds up the server, and no build of an index a search. */
import { workerData } from 'node:worker_threads'
import { openKnowledgeDb } from '@tandem/db'
import { serveCalls } from '../../threads/serve-calls.ts'
import { createSearchCalls } from './search-calls.ts'
import type { ThreadData } from './thread-data.ts'

const data = workerData as ThreadData
const db = await openKnowledgeDb({ path: data.dbPath })
const calls = createSearchCalls(db, data)

serveCalls(calls, {
  async close() {
    calls.forgetAll()
    await db.close()
  },
})
