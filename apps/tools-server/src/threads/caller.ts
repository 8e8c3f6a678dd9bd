/** The asking side of calls, whoever answers: starts it at the first call, and again if it should die. */
import { AppError } from '@tandem/schemas'
import type { CallMap, CallReply, CallRequest } from './calls.ts'

export interface Caller<Calls extends CallMap<Calls>> {
  call<Name extends keyof Calls & string>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<Awaited<ReturnType<Calls[Name]>>>
  /** Finishes what it was asked, then ends. */
  close(): Promise<void>
}

/** A thread or a process that answers. */
export interface Link {
  post(request: CallRequest): void
  onMessage(listener: (reply: CallReply) => void): void
  /** Once; `why` where it did not end of itself. */
  onEnd(listener: (why: unknown) => void): void
  /** Whether it keeps this process alive. */
  hold(isHeld: boolean): void
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

interface Running {
  send(request: Extract<CallRequest, { id: number }>, waiting: Waiting): void
  close(): Promise<void>
}

export function createCaller<Calls extends CallMap<Calls>>(open: () => Link): Caller<Calls> {
  let running: Running | undefined
  let lastId = 0
  let closed = false
  return {
    call: (name, ...args) =>
      new Promise<unknown>((resolve, reject) => {
        if (closed) throw new AppError('server_shutting_down')
        running ??= start(open(), () => (running = undefined))
        running.send({ id: ++lastId, name, args }, { resolve, reject })
      }) as Promise<Awaited<ReturnType<Calls[typeof name]>>>,
    async close() {
      closed = true
      await running?.close()
    },
  }
}

function start(link: Link, onEnd: () => void): Running {
  const waiting = new Map<number, Waiting>()
  const ended = Promise.withResolvers<void>()
  let closing = false
  link.onMessage((reply) => {
    settle(waiting.get(reply.id), reply)
    waiting.delete(reply.id)
    // While it is idle it does not keep the process alive.
    if (waiting.size === 0 && !closing) link.hold(false)
  })
  link.onEnd((why) => {
    onEnd()
    const cause = why ?? new Error('the worker ended')
    for (const each of waiting.values()) each.reject(new AppError('internal_error', { cause }))
    ended.resolve()
  })
  return {
    send(request, each) {
      waiting.set(request.id, each)
      link.hold(true)
      link.post(request)
    },
    async close() {
      closing = true
      link.hold(true)
      link.post({ close: true })
      await ended.promise
    },
  }
}

function settle(waiting: Waiting | undefined, reply: CallReply): void {
  if ('error' in reply) {
    const { code, why, ...options } = reply.error
    waiting?.reject(new AppError(code, { ...options, ...(why && { cause: new Error(why) }) }))
    return
  }
  waiting?.resolve(reply.value)
}
