/** Ends of runs that nobody could tell: their process died, or they were given up while they waited. */
import type { AgentEvent, Usage } from '@tandem/schemas'
import { and, count, eq, gt, max, sql } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import type { EventWriter } from './run-events.ts'
import { runEvents, runs } from './schema/runs.ts'

const nothing: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }

export function endOf(
  stopReason: 'cancelled' | 'interrupted',
  done: { steps: number; toolCalls: number } = { steps: 0, toolCalls: 0 },
): AgentEvent {
  const spent = { usage: nothing, usageLast: nothing, modelCalls: 0, ms: 0 }
  return { type: 'run-end', stopReason, finishReason: 'stop', ...done, ...spent }
}

/** In the words of the partial index; as a bound value it would not be used. */
const isRunning = sql`${runs.status} = 'running'`

/** For use inside a transaction. Their tokens are not known; steps and calls are counted from what the log has. */
export function endAbandoned(db: AppStore, log: EventWriter): number {
  const abandoned = db.orm
    .select({ rowId: runs.rowId, lastSeq: runs.lastSeq })
    .from(runs)
    .where(isRunning)
    .all()
  for (const { rowId, lastSeq } of abandoned) {
    const done = {
      steps: countSince(db, rowId, 'step-start'),
      toolCalls: countSince(db, rowId, 'tool-start'),
    }
    const at = db.now()
    log.insert(rowId, [{ seq: lastSeq + 1, event: endOf('interrupted', done), at }])
    db.orm
      .update(runs)
      .set({
        status: 'interrupted',
        stopReason: 'interrupted',
        steps: sql`${runs.steps} + ${done.steps}`,
        toolCalls: sql`${runs.toolCalls} + ${done.toolCalls}`,
      })
      .where(eq(runs.rowId, rowId))
      .run()
  }
  return abandoned.length
}

/** How many there are since it began or was resumed. */
function countSince(db: AppStore, runRow: number, type: AgentEvent['type']): number {
  const ofRun = eq(runEvents.runRow, runRow)
  const begun = db.orm
    .select({ seq: max(runEvents.seq) })
    .from(runEvents)
    .where(and(ofRun, eq(runEvents.type, 'run-start')))
    .get()
  const found = db.orm
    .select({ n: count() })
    .from(runEvents)
    .where(and(ofRun, eq(runEvents.type, type), gt(runEvents.seq, begun?.seq ?? 0)))
    .get()
  return found?.n ?? 0
}
