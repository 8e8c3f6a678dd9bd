/** What every run writes: its row at its beginning, its state at its end. */
import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import type { RunStore } from './run-rows.ts'
import type { NewRun, RunSettlement } from './stored-run.ts'
import { runs, runWaits } from './schema/runs.ts'
import { sessions } from './schema/sessions.ts'
import { users } from './schema/users.ts'

/** Both for use inside a transaction. */
export interface RunWriter {
  /** False where there is no such owner, or the session is gone. */
  insert(owner: string, run: NewRun): boolean
  /** False where the run was removed or is over. */
  settle(owner: string, id: string, end: RunSettlement): boolean
}

/** Its statements are made once: that alone takes ten times as long as to run them. */
export function createRunWriter(db: RunStore): RunWriter {
  let made: ReturnType<typeof prepare> | undefined
  const statements = (): ReturnType<typeof prepare> => (made ??= prepare(db))
  return {
    insert(owner, { id, agent, model, sessionId }) {
      const { findOwner, findSession, insertRun } = statements()
      const user = findOwner.get({ owner })
      const session = sessionId === undefined ? undefined : findSession.get({ owner, sessionId })
      if (!user || (sessionId !== undefined && !session)) return false
      const row = { id, agent, model, ownerRow: user.rowId, sessionRow: session?.rowId ?? null }
      insertRun.run({ ...row, now: db.now() })
      return true
    },
    settle(owner, id, end) {
      const { status, stopReason, error, spent } = end
      const run = statements().settle.get({
        ...spent,
        owner,
        id,
        status,
        stopReason,
        now: db.now(),
        errorCode: error?.code ?? null,
        errorMessage: error?.message ?? null,
        input: end.input === undefined ? null : JSON.stringify(end.input),
      })
      if (!run) return false
      db.log.insert(run.rowId, end.events)
      statements().forgetWaits.run({ runRow: run.rowId })
      for (const { callId, tool, arguments: given } of end.waits ?? []) {
        db.orm.insert(runWaits).values({ runRow: run.rowId, callId, tool, arguments: given }).run()
      }
      return true
    },
  }
}

const { placeholder } = sql

function prepare(db: AppStore) {
  const owner = db.orm
    .select({ rowId: users.rowId })
    .from(users)
    .where(eq(users.id, placeholder('owner')))
  return {
    findOwner: owner.prepare(),
    findSession: db.orm
      .select({ rowId: sessions.rowId })
      .from(sessions)
      .where(and(eq(sessions.ownerRow, owner), eq(sessions.id, placeholder('sessionId'))))
      .prepare(),
    insertRun: db.orm
      .insert(runs)
      .values({
        id: placeholder('id'),
        agent: placeholder('agent'),
        model: placeholder('model'),
        ownerRow: placeholder('ownerRow'),
        sessionRow: placeholder('sessionRow'),
        status: 'running',
        createdAt: placeholder('now'),
        updatedAt: placeholder('now'),
      })
      .prepare(),
    /** Those of the part before. */
    forgetWaits: db.orm
      .delete(runWaits)
      .where(eq(runWaits.runRow, placeholder('runRow')))
      .prepare(),
    settle: db.orm
      .update(runs)
      .set({
        status: given('status'),
        stopReason: given('stopReason'),
        errorCode: given('errorCode'),
        errorMessage: given('errorMessage'),
        input: given('input'),
        steps: sql`${runs.steps} + ${placeholder('steps')}`,
        modelCalls: sql`${runs.modelCalls} + ${placeholder('modelCalls')}`,
        toolCalls: sql`${runs.toolCalls} + ${placeholder('toolCalls')}`,
        promptTokens: sql`${runs.promptTokens} + ${placeholder('promptTokens')}`,
        completionTokens: sql`${runs.completionTokens} + ${placeholder('completionTokens')}`,
        updatedAt: given('now'),
      })
      .where(
        and(eq(runs.id, placeholder('id')), eq(runs.ownerRow, owner), eq(runs.status, 'running')),
      )
      .returning({ rowId: runs.rowId })
      .prepare(),
  }
}

/** An update takes placeholders only as SQL. */
function given(name: string): SQL {
  return sql`${placeholder(name)}`
}
