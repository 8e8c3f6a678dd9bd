import { type FirstAdminMessage, firstAdminMessageSchema } from '@tandem/schemas'
import { type Backoff, keepRunning } from './keep-running.ts'
import { exitCodes } from './exit-codes.ts'
import { untilReady } from './readiness.ts'
import { type ServerProcess, type ServerSpec, startServer } from './server-process.ts'
import { aborted, type StopRequests } from './stop-requests.ts'
import type { Terminal } from './terminal.ts'

/** A server, and the URL that answers 200 once it can work. */
export interface SupervisedSpec extends ServerSpec {
  readyUrl: string
}

export interface Limits {
  readyMs: number
  /** For running answers to finish. */
  stopMs: number
  /** The tools server has nobody left to serve when its turn comes. */
  toolsStopMs: number
  backoff: Backoff
}

export interface SupervisePlan {
  api: SupervisedSpec
  tools: SupervisedSpec
  limits: Limits
  /** Said when both are ready; with the administrator that this start made, if any. */
  banner: (firstAdmin: FirstAdminMessage | undefined) => string
}

const shownLines = 15

/** Runs both servers until they are asked to stop, or the main API dies. Gives the exit code; nothing runs after it. */
export async function supervise(
  plan: SupervisePlan,
  stops: StopRequests,
  terminal: Terminal,
): Promise<number> {
  const over = new AbortController()
  const firstTools = startServer(plan.tools)
  let firstAdmin: FirstAdminMessage | undefined
  const onMessage = (message: unknown): void => {
    const parsed = firstAdminMessageSchema.safeParse(message)
    if (!parsed.success) return
    firstAdmin = parsed.data
    // At once: whatever happens next, it is not told again.
    terminal.say(`\n${firstAdmin.text}`)
  }
  const api = startServer({ ...plan.api, onMessage })
  let tools = Promise.resolve(firstTools)
  try {
    const failure = await findStartFailure(plan, [firstTools, api], stops.stopping)
    if (failure !== undefined) {
      terminal.complain(failure)
      return exitCodes.serverDied
    }
    if (!stops.stopping.aborted) {
      terminal.say(plan.banner(firstAdmin))
      const start = (): ServerProcess => startServer(plan.tools)
      tools = keepRunning(firstTools, {
        start,
        backoff: plan.limits.backoff,
        terminal,
        signal: over.signal,
      })
      const how = await Promise.race([api.exited, aborted(stops.stopping)])
      if (how !== undefined) {
        terminal.complain(describeDeath(api, `died (${how})`))
        return exitCodes.serverDied
      }
    }
    terminal.say('\nStopping; running answers may finish. Ctrl-C again stops at once.')
  } finally {
    over.abort()
    // The main API first: answers that are finishing may still need tools.
    await api.stop({ graceMs: plan.limits.stopMs, killing: stops.killing })
    await (await tools).stop({ graceMs: plan.limits.toolsStopMs, killing: stops.killing })
  }
  if (stops.killing.aborted) return exitCodes.killed
  terminal.say('Stopped.')
  return exitCodes.stopped
}

/** Waits until both are ready, or one is known to fail, or a stop is asked for (which is no failure). */
async function findStartFailure(
  { tools, api, limits }: SupervisePlan,
  servers: readonly [tools: ServerProcess, api: ServerProcess],
  stopping: AbortSignal,
): Promise<string | undefined> {
  const over = new AbortController()
  const signal = AbortSignal.any([stopping, over.signal])
  const wait = async (server: ServerProcess, url: string): Promise<string | undefined> => {
    const isReady = await untilReady(url, { timeoutMs: limits.readyMs, signal })
    if (isReady || signal.aborted) return undefined
    return describeDeath(server, `was not ready after ${limits.readyMs / 1000} s`)
  }
  const ready = Promise.all([wait(servers[0], tools.readyUrl), wait(servers[1], api.readyUrl)])
  const died = servers.map(async (server) =>
    describeDeath(server, `did not start (${await server.exited})`),
  )
  try {
    const failure = await Promise.race([ready, ...died, aborted(stopping)])
    return Array.isArray(failure)
      ? failure.find((one) => one !== undefined)
      : (failure ?? undefined)
  } finally {
    over.abort()
  }
}

function describeDeath(server: ServerProcess, what: string): string {
  const lines = server.lastLines(shownLines)
  const log = lines.length > 0 ? ['Its last log lines:', ...lines.map((line) => `  ${line}`)] : []
  return [`The ${server.name} ${what}.`, ...log, `All of its log: ${server.logPath}`].join('\n')
}
