import { AppError } from '@tandem/schemas'
import type { StartedTurn, Turn, TurnFacts, TurnOptions } from '../turn.ts'
import { openSession, type SessionContext, type SessionTurn } from './open-session.ts'
import { recordAnswer } from './record-answer.ts'

/** A turn that goes on where its session ended, and is kept there: also what was said when it breaks off. */
export async function runInSession(
  turn: SessionTurn,
  context: SessionContext,
  start: (turn: Turn, options: TurnOptions) => Promise<StartedTurn>,
): Promise<StartedTurn> {
  assertOneChoice(turn)
  const { options } = context
  options.observe({ sessionId: turn.session.id })
  const { messages, recording } = await openSession(turn, context)
  const observe = (facts: TurnFacts): void => {
    if (facts.usage) recording.countUsage(facts.usage)
    options.observe(facts)
  }
  try {
    const request = { ...turn.request, messages }
    return await recordAnswer(await start({ ...turn, request }, { ...options, observe }), recording)
  } catch (error) {
    recording.fail()
    throw error
  }
}

/** A conversation goes on in one way. */
function assertOneChoice({ request: { extra } }: Turn): void {
  if (Number(extra?.['n'] ?? 1) <= 1) return
  throw new AppError('unsupported_parameter', {
    message: "'n' over 1 does not work in a session: leave n or session_id out.",
    param: 'n',
  })
}
