import { Pool, type Dispatcher } from 'undici'
import type { IncomingHttpHeaders } from 'undici/types/header.js'
import { AppError } from '@tandem/schemas'
import { createBodyQueue, type BodyQueue, type Flow } from './body-queue.ts'
import { createConnections } from './stale-connections.ts'
import { nameProvider, toTransportError } from './upstream-errors.ts'
import { createWatches, type WatchTimeouts } from './watches.ts'
import { createWholeBody, tooLarge } from './whole-body.ts'

export interface UpstreamTimeouts extends WatchTimeouts {
  connectTimeoutMs: number
}

interface Head {
  status: number
  headers: IncomingHttpHeaders
}

export interface UpstreamResponse extends Head {
  body: BodyQueue
}

export interface WholeResponse extends Head {
  body: Buffer
}

export interface UpstreamRequest {
  method: 'GET' | 'POST'
  /** Below the base URL, without a leading slash. */
  path: string
  headers: Record<string, string>
  body?: Buffer
}

interface SendOptions {
  signal: AbortSignal
}

export interface TransportOptions {
  /** The provider's, for what is said of its faults. */
  name: string
  baseUrl: string
  timeouts: UpstreamTimeouts
}

export interface Transport {
  /** Resolves with the response's head. Throws AppError `upstream_*`, or the signal's reason. */
  send(request: UpstreamRequest, options: SendOptions): Promise<UpstreamResponse>
  /** Resolves with the whole response, without the price of a queue. Throws as `send` does, and for a body too large. */
  sendWhole(
    request: UpstreamRequest,
    options: SendOptions & { limitBytes(status: number): number },
  ): Promise<WholeResponse>
  close(): Promise<void>
}

/**
 * Pooled keep-alive connections to one origin. `dispatch` and not `fetch` (four times the cost); the timers are our own
 * since undici's cannot tell the first byte from a later silence, nor a slow upstream from a slow reader.
 */
export function createTransport({ name, baseUrl, timeouts }: TransportOptions): Transport {
  const { origin, pathname } = new URL(baseUrl)
  const { connect, isStale } = createConnections(timeouts.connectTimeoutMs)
  const noClocks = { headersTimeout: 0, bodyTimeout: 0 }
  const pool = new Pool(origin, { ...noClocks, connect })
  /** Where each request has a new connection of its own. */
  const unpooled = new Pool(origin, {
    ...noClocks,
    connect: { timeout: timeouts.connectTimeoutMs },
  })
  const describe = (error: unknown): unknown => nameProvider(error, name)
  const prefix = pathname.replace(/\/+$/, '')
  const upstream: Upstream = {
    watch: createWatches(timeouts),
    isStale,
    sendAgain: (request, handler) => unpooled.dispatch({ ...request, reset: true }, handler),
  }

  function dispatch({ method, path, headers, body }: UpstreamRequest, exchange: Exchange): void {
    const request = { method, path: `${prefix}/${path}`, headers, body: body ?? null }
    if (exchange.signal.aborted) exchange.reject(exchange.signal.reason)
    else pool.dispatch(request, createHandler(request, exchange, upstream))
  }
  return {
    send: (request, { signal }) =>
      new Promise((resolve, reject) => {
        function receive(head: Head, flow: Flow): Receiver {
          const body = createBodyQueue(flow, describe)
          resolve({ ...head, body })
          return body
        }
        dispatch(request, { signal, reject, receive })
      }),
    sendWhole: (request, { signal, limitBytes }) =>
      new Promise((resolve, reject) => {
        function receive(head: Head, { abort }: Flow): Receiver {
          const body = createWholeBody(limitBytes(head.status))
          return {
            push: (chunk) => void (body.add(chunk) || abort(tooLarge())),
            end: () => resolve({ ...head, body: body.join() }),
            fail: reject,
            isPaused: () => false,
          }
        }
        dispatch(request, { signal, reject, receive })
      }),
    close: async () => void (await Promise.all([pool.destroy(), unpooled.destroy()])),
  }
}

/** What takes a response's body as it comes. */
type Receiver = Pick<BodyQueue, 'push' | 'end' | 'fail' | 'isPaused'>

interface Exchange {
  signal: AbortSignal
  /** Called with the head. */
  receive(head: Head, flow: Flow): Receiver
  /** Called where no head comes. */
  reject(error: unknown): void
}

/** What all exchanges with one upstream share. */
interface Upstream {
  watch: ReturnType<typeof createWatches>
  isStale(fault: unknown): boolean
  /** On a new connection. */
  sendAgain(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void
}

interface Handler extends Dispatcher.DispatchHandler {
  /** The first byte of an answer has come. */
  isAnswering: boolean
}

/** With `this` and not as one more closure of each request. */
function noteAnswer(this: Handler): void {
  this.isAnswering = true
}

function createHandler(
  request: Dispatcher.DispatchOptions,
  { signal, receive, reject }: Exchange,
  { watch, isStale, sendAgain }: Upstream,
): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined
  let body: Receiver | undefined
  let stopped: { reason: Error } | undefined

  function stop(reason: Error): void {
    if (stopped) return
    stopped = { reason }
    controller?.abort(reason)
    fail(reason)
  }
  function fail(error: unknown): void {
    finish()
    if (body) body.fail(error)
    else reject(error)
  }
  const onAbort = (): void => stop(signal.reason as Error)
  const clock = watch({
    isPaused: () => body?.isPaused() ?? false,
    expire: (what) => stop(timedOut(what, body !== undefined)),
  })
  signal.addEventListener('abort', onAbort)
  function finish(): void {
    clock.stop()
    signal.removeEventListener('abort', onAbort)
  }

  const handler: Handler = {
    isAnswering: false,
    onRequestStart(started) {
      controller = started
      if (stopped) started.abort(stopped.reason)
    },
    onResponseStarted: noteAnswer,
    onResponseStart(current, status, headers) {
      const flow = {
        pause: () => current.pause(),
        resume: () => current.resume(),
        abort: stop,
      }
      body = receive({ status, headers }, flow)
    },
    onResponseData(_current, chunk) {
      clock.heard()
      body?.push(chunk)
    },
    onResponseEnd() {
      finish()
      body?.end()
    },
    onResponseError(_current, error) {
      if (!stopped && !handler.isAnswering && isStale(error)) sendAgain(request, handler)
      else fail(stopped ? stopped.reason : toTransportError(error, body !== undefined))
    },
  }
  return handler
}

function timedOut(what: string, answering: boolean): AppError {
  return new AppError('upstream_timeout', {
    message: `The model provider took too long for ${what}.`,
    spent: answering,
  })
}
