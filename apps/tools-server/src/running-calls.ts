/** The calls that run now, by whose they are: where a session or a user is removed they end first, and leave nothing. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@tandem/schemas'

export interface CallPlace {
  owner: string
  sessionId?: string | undefined
}

export interface RunningCall {
  /** Aborts when what the call is for is removed. */
  signal: AbortSignal
  /** It will leave nothing more behind; call it however the call ended. */
  end(): void
}

export interface RunningCalls {
  begin(place: CallPlace): RunningCall
  /** Ends those of one session, or all of an owner's; resolves once they have ended, or will not in time. */
  stop(place: CallPlace): Promise<void>
}

interface Going extends CallPlace {
  controller: AbortController
  ended: PromiseWithResolvers<void>
}

/** Less than the main API waits for a removal. A plugin that hears no signal must not keep the rest from being removed. */
const patienceMs = 5000

export function createRunningCalls(): RunningCalls {
  const going = new Set<Going>()
  return {
    begin(place) {
      const call = {
        ...place,
        controller: new AbortController(),
        ended: Promise.withResolvers<void>(),
      }
      going.add(call)
      const end = (): void => {
        going.delete(call)
        call.ended.resolve()
      }
      return { signal: call.controller.signal, end }
    },
    async stop({ owner, sessionId }) {
      const isMeant = (call: Going): boolean =>
        call.owner === owner && (sessionId === undefined || call.sessionId === sessionId)
      const meant = [...going].filter(isMeant)
      for (const { controller } of meant) controller.abort(removed())
      const all = Promise.all(meant.map(({ ended }) => ended.promise))
      await Promise.race([all, sleep(patienceMs, undefined, { ref: false })])
    },
  }
}

function removed(): AppError {
  return new AppError('cancelled', { message: 'The session was removed while the tool ran.' })
}
