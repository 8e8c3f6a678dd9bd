/** The process that draws one deck and ends. */
import { flushCompileCache } from 'node:module'
import { toAppError } from '@tandem/schemas'
import { renderAll, type RenderJob } from '../render-all.ts'
import type { Answer } from './answer.ts'

process.once('message', (job: RenderJob) => void run(job))
// A process whose server is gone has nothing left to do.
process.once('disconnect', () => process.exit())

async function run(job: RenderJob): Promise<void> {
  const reply = await answer(job)
  // The server ends this process as soon as it has the answer.
  flushCompileCache()
  process.send?.(reply, () => process.disconnect())
}

async function answer(job: RenderJob): Promise<Answer> {
  try {
    return { rendered: await renderAll(job) }
  } catch (thrown) {
    const { code, message, param, cause } = toAppError(thrown)
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : undefined
    return { error: { code, message, param, why } }
  }
}
