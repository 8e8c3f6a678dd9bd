import type { LanguageModel } from '@tandem/providers'
import { AppError, type Message } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import type { Turn, TurnOptions } from '../turn.ts'
import { buildPrompt, loadHistory } from './build-prompt.ts'
import { claimSession, type ClaimedSession } from './claim-session.ts'
import { keepMedia, loadMedia } from './keep-media.ts'
import { createRecording, type Recording } from './recording.ts'
import { splitSystem } from './split-system.ts'
import { toTitle } from './title.ts'

export interface OpenedSession {
  /** All that the model is to read: system, history, what is new. */
  messages: Message[]
  recording: Recording
}

export type SessionTurn = Turn & { session: NonNullable<Turn['session']> }

export interface SessionContext {
  model: LanguageModel
  deps: Deps
  options: TurnOptions
}

/**
 * Takes the session's turn, reads its history and stores what the caller says: from here on it is kept.
 * @throws AppError `session_busy`, `session_not_found`, `storage_unavailable`; what the signal says
 */
export async function openSession(
  turn: SessionTurn,
  context: SessionContext,
): Promise<OpenedSession> {
  const { db, sessionTurns } = context.deps
  const { signal } = context.options
  const owner = turn.principal.userId
  const { id, create } = turn.session
  const { patienceMs } = sessionTurns
  const deadline = performance.now() + patienceMs
  const leave = await sessionTurns.enter(`${owner} ${id}`, { signal, patienceMs })
  try {
    const claimed = await claimSession(db.sessions, { owner, id, create }, { deadline, signal })
    return await startExchange(turn, context, { ...claimed, leave })
  } catch (error) {
    leave()
    throw error
  }
}

async function startExchange(
  turn: SessionTurn,
  { model, deps, options: { signal } }: SessionContext,
  { session, claim, leave }: ClaimedSession & { leave: () => void },
): Promise<OpenedSession> {
  const { db, logger, config, registry, sessionTurns: turns } = deps
  const { owner, sessionId: id } = claim
  const { system, rest } = splitSystem(turn.request.messages)
  try {
    const history = await loadHistory(db, { owner, id }, config.maxConversationHistory)
    const context = { owner, sessionId: id, deps, signal }
    const prompt = await buildPrompt(
      { system: system ?? session.system ?? undefined, history, newest: rest, block: turn.block },
      { model, request: turn.request, registry, signal },
    )
    const messages = await loadMedia(prompt, context)
    const kept = await keepMedia(rest, turn.keptParts, context)
    signal.throwIfAborted()
    const answer = await db.messages.startExchange(claim, {
      ...kept,
      system,
      title: toTitle(rest),
      model: `${model.provider}/${model.id}`,
    })
    if (!answer) throw removedMeanwhile()
    // A name that only we know is not left behind empty.
    const afterDiscard = async (): Promise<void> => {
      if (turn.session.made && answer.firstSeq === 0) await db.sessions.remove(owner, id)
    }
    const child = logger.child({ requestId: turn.requestId })
    const recording = createRecording({ db, turns, logger: child, answer, leave, afterDiscard })
    return { messages, recording }
  } catch (error) {
    // A claim that cannot be given back now ends by itself.
    await db.sessions.release(claim).catch(() => undefined)
    throw error
  }
}

function removedMeanwhile(): AppError {
  return new AppError('session_not_found', { message: 'The session was deleted meanwhile.' })
}
