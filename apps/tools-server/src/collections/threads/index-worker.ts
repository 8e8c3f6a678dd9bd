/** The thread that indexes: all that writes much, cuts texts, or builds an index. */
import { workerData } from 'node:worker_threads'
import { openKnowledgeDb } from '@tandem/db'
import { serveCalls } from '../../threads/serve-calls.ts'
import { createIndexCalls } from './index-calls.ts'
import type { ThreadData } from './thread-data.ts'

const data = workerData as ThreadData
const db = await openKnowledgeDb({ path: data.dbPath })

serveCalls(createIndexCalls(db, data), { close: () => db.close() })
