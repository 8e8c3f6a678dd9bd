import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@tandem/schemas'
import { defineTool, textResult, type Tool, type ToolContext } from '@tandem/tools'
import { z } from 'zod'

const traits = { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 10_000 }
const description = 'For tests.'

interface SlowTool extends Tool {
  started: Promise<void>
  /** Resolves when its `finally` ran. */
  ended: Promise<void>
}

/** Tells progress, then waits until it is aborted. */
export function createSlowTool({ timeoutMs = 10_000 } = {}): SlowTool {
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const tool = defineTool({
    name: 'slow',
    description,
    schema: z.object({}),
    traits: { ...traits, timeoutMs },
    async *run(_args, _context, { signal }) {
      started.resolve()
      try {
        yield { message: 'started', fraction: 0.1 }
        await sleep(60_000, undefined, { signal })
        return textResult('never')
      } finally {
        ended.resolve()
      }
    },
  })
  return { ...tool, started: started.promise, ended: ended.promise }
}

/** Hears no signal. */
export function createDeafTool(): Tool {
  return defineTool({
    name: 'deaf',
    description,
    schema: z.object({}),
    traits: { ...traits, timeoutMs: 100 },
    run: () => new Promise<never>(() => undefined),
  })
}

export function createContextTool(seen: (context: ToolContext) => void): Tool {
  return defineTool({
    name: 'context',
    description,
    schema: z.object({}),
    traits,
    run(_args, context) {
      seen(context)
      return textResult('seen')
    },
  })
}

export const throwingTool = defineTool({
  name: 'throws',
  description,
  schema: z.object({ how: z.enum(['known', 'unknown', 'late']) }),
  traits,
  async *run({ how }) {
    if (how === 'known') throw new AppError('storage_unavailable')
    if (how === 'late') yield { message: 'so far so good' }
    throw new Error('secret detail')
  },
})

export const stepsTool = defineTool({
  name: 'steps',
  description,
  schema: z.object({ count: z.number().int() }),
  traits,
  async *run({ count }) {
    for (let step = 1; step <= count; step += 1) {
      yield { message: `step ${step}\nof ${count}`, fraction: step / count }
      await sleep(30)
    }
    return textResult('done', { data: { count } })
  },
})

export const unavailableTool = defineTool({
  name: 'unavailable',
  description,
  schema: z.object({}),
  traits,
  available: () => ({ ok: false, reason: 'There is no key.', remedy: 'Set THE_KEY.' }),
  run: () => textResult(''),
})
