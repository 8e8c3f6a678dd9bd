/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
/** A thread that asks servers for their health again and again, undisturbed by what the test itself does; a message ends it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

const watched = new AbortController()
parentPort?.once('message', () => watched.abort())

const urls = workerData as string[]
const waits: number[][] = urls.map(() => [])
/** The first request of all loads code. */
await Promise.all(urls.map((url) => ask(url)))
parentPort?.postMessage('ready')
while (!watched.signal.aborted) {
  for (const [index, url] of urls.entries()) waits[index]?.push(await ask(url))
  await sleep(10)
}
parentPort?.postMessage(waits)

/** Milliseconds. */
async function ask(url: string): Promise<number> {
  const asked = performance.now()
  const response = await fetch(`${url}/healthz`)
  await response.text()
  return performance.now() - asked
}
