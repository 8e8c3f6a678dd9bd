/** Runs that go on: after an approval, or with the results of the caller's tools. */
import { findContinuation, toResultEvents, type Decision } from '@tandem/agents'
import type { AppDb, WaitingRun, WaitingStatus } from '@tandem/db'
import { AppError, type AgentEvent } from '@tandem/schemas'
import type { Turn } from '../turn.ts'
import { parseRunInput, type RunInput } from './run-input.ts'

/** A run that waits for what this turn brings. */
export interface PausedRun {
  id: string
  status: WaitingStatus
  input: RunInput
  /** Its log so far. */
  events: AgentEvent[]
  /** What the turn brings, as events of the run. */
  added: AgentEvent[]
  decisions: Readonly<Record<string, Decision>>
}

type Decided = Turn['agent'] & { decisions: Readonly<Record<string, Decision>> }

/**
 * By the decisions that the turn brings, else by the calls whose results its messages end with; undefined for a turn of its
 * own. Results for a run of another session, or for one that is over, are messages like any other.
 * @throws AppError `run_not_waiting` where decisions come too late, and where a run goes on with these results now
 */
export async function findPausedRun(
  turn: Turn,
  { runs }: Pick<AppDb, 'runs'>,
): Promise<PausedRun | undefined> {
  const owner = turn.principal.userId
  if (turn.agent && hasDecisions(turn.agent)) {
    const { runId, decisions } = turn.agent
    const waiting = await runs.waiting(owner, runId)
    if (waiting?.run.status !== 'waiting_approval') throw new AppError('run_not_waiting')
    const added = Object.entries(decisions).map(toDecisionEvent)
    return { ...(await load(waiting, owner, runs)), decisions, added }
  }
  const continuation = findContinuation(turn.request.messages)
  if (!continuation) return undefined
  const waiting = await runs.findWaiting(owner, continuation.callIds)
  const run = waiting?.run ?? (await runs.findResumed(owner, continuation.callIds))
  if (!run || run.sessionId !== (turn.session?.id ?? null)) return undefined
  if (!waiting) throw cameSecond(run.id)
  const paused = await load(waiting, owner, runs)
  const added = toResultEvents(paused.events, continuation.results)
  return { ...paused, decisions: {}, added }
}

function hasDecisions(agent: NonNullable<Turn['agent']>): agent is NonNullable<Decided> {
  return agent.decisions !== undefined
}

function toDecisionEvent([callId, { approved, reason }]: [string, Decision]): AgentEvent {
  return { type: 'approval-decided', callId, approved, ...(reason && { reason }) }
}

async function load(
  { run, input }: WaitingRun,
  owner: string,
  runs: AppDb['runs'],
): Promise<Omit<PausedRun, 'added' | 'decisions'>> {
  return {
    id: run.id,
    status: run.status as WaitingStatus,
    input: parseRunInput(input),
    events: await allEvents(runs, owner, run.id),
  }
}

const page = 500

async function allEvents(runs: AppDb['runs'], owner: string, id: string): Promise<AgentEvent[]> {
  const events: AgentEvent[] = []
  for (let afterSeq = 0; ;) {
    const stored = await runs.events(owner, id, { afterSeq, limit: page })
    events.push(...stored.map(({ event }) => event))
    const last = stored.at(-1)
    if (!last || stored.length < page) return events
    afterSeq = last.seq
  }
}

/** Takes the run: nobody else can go on with it now. Hands back the `seq` of its last event. */
export async function takePausedRun(
  { id, status, added }: PausedRun,
  owner: string,
  { runs }: Pick<AppDb, 'runs'>,
): Promise<number> {
  const lastSeq = await runs.resume(owner, id, { status, events: added })
  if (lastSeq === undefined) throw cameSecond(id)
  return lastSeq
}

/**
 * What the first request let go on must not run twice: nor when a client tries again by itself once the run is over, for
 * then it would be a run of its own.
 */
function cameSecond(id: string): AppError {
  return new AppError('run_not_waiting', {
    message: `The run ${id} does not wait for this any more: another request brought it first.`,
    remedy: `GET /api/agent/runs/${id} tells its state, GET /api/agent/runs/${id}/events all that it says.`,
    spent: true,
  })
}
