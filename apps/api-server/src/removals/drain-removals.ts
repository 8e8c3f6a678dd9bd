/** Tells the tools server what is gone here, again and again until it has heard. */
import type { Logger } from 'pino'
import type { Removal, Removals } from '@tandem/db'
import { AppError } from '@tandem/schemas'
import type { ToolsClient } from '@tandem/tools'

export interface RemovalDrain {
  /** Tries all that is due; resolves when each was tried. */
  drain(): Promise<void>
  /** Stops, after what runs has ended. */
  close(): Promise<void>
}

export interface RemovalDrainOptions {
  removals: Removals
  toolsServer: Pick<ToolsClient, 'files' | 'removeSession' | 'removeOwner'>
  logger: Logger
  everyMs?: number
}

const batch = 20
const patienceMs = 10_000
const longestDelayMs = 60_000

export function createRemovalDrain({
  everyMs = 1000,
  ...parts
}: RemovalDrainOptions): RemovalDrain {
  const stop = new AbortController()
  let draining: Promise<void> | undefined
  const drain = (): Promise<void> => {
    draining ??= drainDue(parts, stop.signal).finally(() => (draining = undefined))
    return draining
  }
  const timer = setInterval(() => {
    drain().catch((err: unknown) => {
      if (!stop.signal.aborted) parts.logger.error({ err }, 'removals cannot be read')
    })
  }, everyMs).unref()
  return {
    drain,
    async close() {
      clearInterval(timer)
      stop.abort()
      await draining?.catch(() => undefined)
    },
  }
}

async function drainDue(
  { removals, toolsServer, logger }: Omit<RemovalDrainOptions, 'everyMs'>,
  stop: AbortSignal,
): Promise<void> {
  for (const removal of await removals.due(batch)) {
    if (stop.aborted) return
    const { id, owner, attempts } = removal
    try {
      await tell(toolsServer, removal, AbortSignal.any([stop, AbortSignal.timeout(patienceMs)]))
      await removals.finish(id)
    } catch (err) {
      if (stop.aborted) return
      // Once is enough for the log: a tools server that is down is told of elsewhere too.
      if (attempts === 0) logger.warn({ err, owner }, 'the tools server could not be told')
      await removals.postpone(id, Math.min(longestDelayMs, 1000 * 2 ** attempts))
    }
  }
}

async function tell(
  toolsServer: RemovalDrainOptions['toolsServer'],
  { owner, sessionId, fileId }: Removal,
  signal: AbortSignal,
): Promise<void> {
  if (fileId !== null) await removeFile(toolsServer, { owner, fileId }, signal)
  else if (sessionId === null) await toolsServer.removeOwner(owner, { signal })
  else await toolsServer.removeSession(owner, sessionId, { signal })
}

/** One that was never made, or is gone already, is as good as removed. */
async function removeFile(
  { files }: RemovalDrainOptions['toolsServer'],
  { owner, fileId }: { owner: string; fileId: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await files.remove({ sub: owner }, fileId, { signal })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'file_not_found') throw error
  }
}
