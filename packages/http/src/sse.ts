import type { Response } from 'express'
import { toErrorBody, type AppError } from '@tandem/schemas'
import { createGatherer } from './gather.ts'
import { setProcessingTime } from './request-context.ts'
import { drained, isWaiting, writeChunk } from './write-chunk.ts'

/** Writes whole SSE events; between them, after silence, a comment keeps proxies and clients waiting. */
export interface SseWriter {
  /** Sends the headers and a first comment. Idempotent. */
  open(): void
  /**
   * What is written in one turn of the event loop leaves in one piece. Returns nothing where more may be written at once, else a
   * promise that resolves when the socket has drained or closed: await it before the next write.
   */
  write(events: string | Buffer): Promise<void> | undefined
  /** One error event, then the end; no `[DONE]`. */
  fail(error: AppError): void
  end(): void
}

export interface SseOptions {
  /** Silence after which a comment is sent. */
  keepaliveMs: number
  headers?: Record<string, string>
}

export const sseHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/**
 * The keepalive is a timer beside the writes and not a generator around the stream, for a race per chunk would cost
 * more than the rest of the fast lane; it is safe because every write ends at the end of an event.
 */
export function createSseWriter(res: Response, { keepaliveMs, headers }: SseOptions): SseWriter {
  let quarters = 0
  const gatherer = createGatherer((events) => void (res.destroyed || writeChunk(res, events)))
  const timer = setInterval(
    () => {
      quarters += 1
      if (quarters < 4 || isWaiting(res)) return
      send(': keepalive\n\n')
    },
    Math.max(5, keepaliveMs / 4),
  ).unref()
  res.once('close', () => clearInterval(timer))

  function send(data: string | Buffer): void {
    quarters = 0
    if (res.headersSent) {
      gatherer.add(data)
      return
    }
    setProcessingTime(res)
    res.writeHead(200, { ...sseHeaders, ...headers })
    // The head leaves with the first piece, and at once: somebody waits for it.
    res.write(data)
  }
  function end(): void {
    clearInterval(timer)
    gatherer.flush()
    res.end()
  }
  return {
    open() {
      if (!res.headersSent) send(': ok\n\n')
    },
    write(events) {
      if (res.destroyed) return undefined
      send(events)
      return isWaiting(res) ? drained(res) : undefined
    },
    fail(error) {
      if (res.destroyed) return
      send(`data: ${JSON.stringify(toErrorBody(error))}\n\n`)
      end()
    },
    end,
  }
}
