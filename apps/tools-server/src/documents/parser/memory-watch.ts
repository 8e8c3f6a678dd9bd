/**
 * The thread that ends this process where it takes too much memory, or where its server is gone. A parser that is busy
 * answers nothing, and most of what it takes lies outside of the heap that V8 could bound.
 */
import { workerData } from 'node:worker_threads'

const { memoryBytes, parent } = workerData as { memoryBytes: number; parent: number }
const everyMs = 25

setInterval(() => {
  const isTooLarge = process.memoryUsage.rss() > memoryBytes
  if (isTooLarge || process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
}, everyMs)
