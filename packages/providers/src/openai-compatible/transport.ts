import { Pool, type Dispatcher } from 'undici'
import type { IncomingHttpHeaders } from 'undici/types/header.js'
import { AppError } from '@tandem/schemas'
import type { ByteStream } from '../byte-stream.ts'
import { createBodyQueue, type BodyQueue } from './body-queue.ts'
import { toTransportError } from './upstream-errors.ts'

/** All in milliseconds. */
export interface UpstreamTimeouts {
  connectTimeoutMs: number
  /** Until the first byte of the answer's body. */
  firstByteTimeoutMs: number
  /** Between two pieces of the answer. */
  silenceTimeoutMs: number
  totalTimeoutMs: number
}

export interface UpstreamResponse {
  status: number
  headers: IncomingHttpHeaders
  body: BodyQueue
}

export interface UpstreamRequest {
  method: 'GET' | 'POST'
  /** Below the base URL, without a leading slash. */
  path: string
  headers: Record<string, string>
  body?: Buffer
}

export interface Transport {
  /** Resolves with the response's head. Throws AppError `upstream_*`, or the signal's reason. */
  send(request: UpstreamRequest, options: { signal: AbortSignal }): Promise<UpstreamResponse>
  close(): Promise<void>
}

/**
 * Pooled keep-alive connections to one origin. `dispatch` and not `fetch` (four times the cost); the timers are our own
 * since undici's cannot tell the first byte from a later silence, nor a slow upstream from a slow reader.
 */
export function createTransport(baseUrl: string, timeouts: UpstreamTimeouts): Transport {
  const { origin, pathname } = new URL(baseUrl)
  const pool = new Pool(origin, {
    connect: { timeout: timeouts.connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const prefix = pathname.replace(/\/+$/, '')
  return {
    send({ method, path, headers, body }, { signal }) {
      if (signal.aborted) return Promise.reject(signal.reason as Error)
      const request = { method, path: `${prefix}/${path}`, headers, body: body ?? null }
      return new Promise((resolve, reject) => {
        pool.dispatch(request, createHandler({ timeouts, signal, resolve, reject }))
      })
    },
    close: () => pool.destroy(),
  }
}

interface Exchange {
  timeouts: UpstreamTimeouts
  signal: AbortSignal
  resolve(response: UpstreamResponse): void
  reject(error: unknown): void
}

function createHandler({
  timeouts,
  signal,
  resolve,
  reject,
}: Exchange): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined
  let body: BodyQueue | undefined
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
  const watch = createWatch(timeouts, {
    isPaused: () => body?.isPaused() ?? false,
    expire: (what) => stop(timedOut(what, body !== undefined)),
  })
  signal.addEventListener('abort', onAbort)
  function finish(): void {
    watch.stop()
    signal.removeEventListener('abort', onAbort)
  }

  return {
    onRequestStart(started) {
      controller = started
      if (stopped) started.abort(stopped.reason)
    },
    onResponseStart(current, status, headers) {
      body = createBodyQueue({
        pause: () => current.pause(),
        resume: () => current.resume(),
        abort: stop,
      })
      resolve({ status, headers, body })
    },
    onResponseData(_current, chunk) {
      watch.heard()
      body?.push(chunk)
    },
    onResponseEnd() {
      finish()
      body?.end()
    },
    onResponseError(_current, error) {
      fail(stopped ? stopped.reason : toTransportError(error, body !== undefined))
    },
  }
}

interface Watch {
  heard(): void
  stop(): void
}

interface Watched {
  isPaused(): boolean
  expire(what: string): void
}

/**
 * The upstream's clocks, on one timer that is set anew only when it fires: setting timers at each event would cost more
 * than all else here. A reader that pauses the upstream stops the clock for silence.
 */
function createWatch(timeouts: UpstreamTimeouts, { isPaused, expire }: Watched): Watch {
  const startedAt = performance.now()
  let heardAt: number | undefined
  let timer = wait(Math.min(timeouts.firstByteTimeoutMs, timeouts.totalTimeoutMs))

  /** Never past the next silence, which may begin meanwhile. */
  function wait(ms: number): NodeJS.Timeout {
    return setTimeout(check, Math.ceil(Math.min(ms, timeouts.silenceTimeoutMs)))
  }
  function check(): void {
    const now = performance.now()
    const total = startedAt + timeouts.totalTimeoutMs - now
    const next = heardAt === undefined ? untilFirstByte(now) : untilSilence(now, heardAt)
    if (total <= 0) expire('its whole answer')
    else if (next <= 0) expire(heardAt === undefined ? 'its first byte' : 'its next piece')
    else timer = wait(Math.min(total, next))
  }
  function untilFirstByte(now: number): number {
    return startedAt + timeouts.firstByteTimeoutMs - now
  }
  function untilSilence(now: number, last: number): number {
    return timeouts.silenceTimeoutMs - (isPaused() ? 0 : now - last)
  }
  return {
    heard() {
      heardAt = performance.now()
    },
    stop: () => clearTimeout(timer),
  }
}

function timedOut(what: string, answering: boolean): AppError {
  return new AppError('upstream_timeout', {
    message: `The model provider took too long for ${what}.`,
    spent: answering,
  })
}

/** The whole of a body. @throws AppError `upstream_invalid_response` above `limitBytes`, and what the body throws. */
export async function readAll(body: ByteStream, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  await body.pipeTo({
    write(chunk) {
      bytes += chunk.length
      if (bytes > limitBytes) {
        throw new AppError('upstream_invalid_response', {
          message: "The model provider's answer is too large.",
        })
      }
      chunks.push(chunk)
      return undefined
    },
  })
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes)
}
