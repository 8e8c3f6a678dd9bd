/** Runs as all queries select them. */
import { and, eq, type SQL } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { ownerRow } from './owner.ts'
import type { EventWriter } from './run-events.ts'
import type { StoredRun } from './stored-run.ts'
import { runs } from './schema/runs.ts'
import { sessions } from './schema/sessions.ts'

export interface RunStore extends AppStore {
  log: EventWriter
}

const runColumns = {
  id: runs.id,
  agent: runs.agent,
  model: runs.model,
  sessionId: sessions.id,
  status: runs.status,
  stopReason: runs.stopReason,
  errorCode: runs.errorCode,
  errorMessage: runs.errorMessage,
  lastSeq: runs.lastSeq,
  steps: runs.steps,
  modelCalls: runs.modelCalls,
  toolCalls: runs.toolCalls,
  promptTokens: runs.promptTokens,
  completionTokens: runs.completionTokens,
  createdAt: runs.createdAt,
  updatedAt: runs.updatedAt,
}

export function isOwners(db: AppStore, owner: string): SQL {
  return eq(runs.ownerRow, ownerRow(db, owner))
}

export function ownedRun(db: AppStore, owner: string, id: string): SQL | undefined {
  return and(eq(runs.id, id), isOwners(db, owner))
}

export function ofRuns(db: AppStore, where: SQL | undefined) {
  return db.orm
    .select(runColumns)
    .from(runs)
    .leftJoin(sessions, eq(sessions.rowId, runs.sessionRow))
    .where(where)
}

export function selectRun(db: AppStore, where: SQL | undefined): StoredRun | undefined {
  return ofRuns(db, where).get()
}
