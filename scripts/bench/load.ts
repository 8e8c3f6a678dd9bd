/** The load generator, a process of its own, so that its CPU is not counted with what it measures. */
import { connect } from 'node:net'
import { readCpuMs } from './cpu.ts'
import { createMessageReader } from './message-reader.ts'
import { obeyParent } from './parent.ts'
import { percentile } from './statistics.ts'
import { createTally, type Tally } from './tally.ts'

export interface LoadOrder {
  port: number
  /** The whole HTTP request, head and body. */
  request: string
  concurrency: number
  /** The connections begin spread over this time, so that streams do not run in step. */
  spreadMs: number
  /** Not measured. */
  warmUpMs: number
  measureMs: number
  /** What a whole stream has at least; undefined: the answer is one JSON document. */
  events: number | undefined
  /** The process under test; undefined when there is none. */
  pid: number | undefined
  /** The processes that share the load generator's core. */
  loadPids: number[]
}

/** What happened in the measured time. */
export interface LoadResult {
  seconds: number
  requests: number
  /** Server-sent events; 0 for JSON. */
  events: number
  errors: number
  firstError: string | undefined
  /** Until the first byte of the body. */
  firstByteP50Ms: number
  firstByteP99Ms: number
  /** User and system time of the process under test, all threads; null when there is none. */
  cpuMs: number | null
  /** The same of all that makes the load. */
  loadCpuMs: number
}

const readBuffer = Buffer.allocUnsafe(65_536)

/** One connection that asks again as soon as it is answered; returns what ends it. */
function openConnection(order: LoadOrder, tally: Tally): () => void {
  let isClosed = false
  let closeNext: (() => void) | undefined
  const exchange = tally.openExchange()
  const reader = createMessageReader({
    onHead: exchange.head,
    onBody: exchange.body,
    onEnd() {
      exchange.end()
      ask()
    },
  })
  // Every read is handled within its call, so all connections can share one buffer.
  const onread = {
    buffer: readBuffer,
    callback(length: number) {
      reader.push(readBuffer.subarray(0, length))
      return true
    },
  }
  const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true, onread }, ask)
  function ask(): void {
    exchange.begin()
    socket.write(order.request, 'latin1')
  }
  socket.on('error', (error) => tally.fail(error.message))
  socket.on('close', () => {
    if (isClosed) return
    tally.fail('the connection was closed')
    setTimeout(() => {
      if (!isClosed) closeNext = openConnection(order, tally)
    }, 10)
  })
  return () => {
    isClosed = true
    closeNext?.()
    socket.destroy()
  }
}

async function carryOut(order: LoadOrder): Promise<LoadResult> {
  const tally = createTally(order.events)
  const stopLoad = startLoad(order, tally)
  await sleep(order.warmUpMs)
  const begin = takeSnapshot(order)
  tally.reset()
  await sleep(order.measureMs)
  const end = takeSnapshot(order)
  if (tally.counts().firstBytesMs.length + tally.counts().events === 0) tally.fail('no answer')
  const { firstBytesMs, ...counts } = tally.counts()
  stopLoad()
  return {
    ...counts,
    seconds: (end.at - begin.at) / 1_000,
    firstByteP50Ms: percentile(firstBytesMs, 0.5),
    firstByteP99Ms: percentile(firstBytesMs, 0.99),
    cpuMs: order.pid === undefined ? null : end.cpuMs - begin.cpuMs,
    loadCpuMs: end.loadCpuMs - begin.loadCpuMs,
  }
}

function startLoad(order: LoadOrder, tally: Tally): () => void {
  const closes: (() => void)[] = []
  const starts = Array.from({ length: order.concurrency }, (_, index) =>
    setTimeout(
      () => closes.push(openConnection(order, tally)),
      (index / order.concurrency) * order.spreadMs,
    ),
  )
  return () => {
    for (const start of starts) clearTimeout(start)
    for (const close of closes) close()
  }
}

function takeSnapshot({ pid, loadPids }: LoadOrder) {
  const own = process.cpuUsage()
  const others = loadPids.reduce((sum, other) => sum + readCpuMs(other), 0)
  return {
    at: performance.now(),
    cpuMs: pid === undefined ? 0 : readCpuMs(pid),
    loadCpuMs: (own.user + own.system) / 1_000 + others,
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}

obeyParent((order) => carryOut(order as LoadOrder))
