/** How long a server that a test has started was held up by one task of its own. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface EventLoopWatch {
  /** For the environment of the server. */
  env: Record<string, string>
  /** For its node. */
  nodeArgs: readonly string[]
  /** The longest that its main thread held up everybody since the last call, in ms; 0 for less than 10. */
  longest(): Promise<number>
}

/** A line of the probe's. */
interface Held {
  /** Without what the thread waited for a processor. */
  blockedMs: number
  computedMs: number
}

/** @param folder where to keep a file, of this server alone */
export function watchEventLoop(folder: string): EventLoopWatch {
  const log = join(folder, 'event-loop.jsonl')
  let seen = 0
  return {
    env: { EVENT_LOOP_LOG: log },
    nodeArgs: ['--import', fileURLToPath(new URL('./event-loop-probe.ts', import.meta.url))],
    async longest() {
      // Until the timer that comes late has fired.
      await sleep(50)
      const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []
      const fresh = lines.slice(seen).filter((line) => line !== '')
      seen = lines.length
      const times = fresh.map((line) => {
        const { blockedMs, computedMs } = JSON.parse(line) as Held
        return Math.min(blockedMs, computedMs)
      })
      return Math.max(0, ...times)
    },
  }
}
