import type { Deps } from '../../deps.ts'

export interface GoingRuns {
  /** Ends them, down to their tools. */
  stop(): Promise<void>
}

/** More than one user may have at once. */
const most = 1000

/** The runs that go on for a user, or in one session: found before that is removed, and stopped once it is. */
export async function findGoingRuns(
  { db, runLog }: Pick<Deps, 'db' | 'runLog'>,
  owner: string,
  sessionId?: string,
): Promise<GoingRuns> {
  const { runs } = await db.runs.list(owner, { limit: most, status: 'running', sessionId })
  return {
    async stop() {
      await Promise.all(runs.map(({ id }) => runLog.cancel(owner, id)))
    },
  }
}
