/** Loaded into a server before all else (`node --import`): writes down when its main thread held up everybody. */
import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { watchThread } from './watch-thread.ts'

const path = process.env['EVENT_LOOP_LOG']
// Children are no servers.
delete process.env['EVENT_LOOP_LOG']
if (path !== undefined && isMainThread) {
  watchThread((held) => appendFileSync(path, `${JSON.stringify(held)}\n`))
}
