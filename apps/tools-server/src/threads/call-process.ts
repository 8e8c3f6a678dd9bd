/** Calls that a process answers: for native code that cannot be loaded by a second thread, or might take the server along. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CallMap, CallReply } from './calls.ts'
import { createCaller, type Caller, type Link } from './caller.ts'

export interface CallProcessOptions {
  url: URL
  /** JSON, as its first argument. */
  data: unknown
}

export function createCallProcess<Calls extends CallMap<Calls>>(
  options: CallProcessOptions,
): Caller<Calls> {
  return createCaller(() => openProcess(options))
}

function openProcess({ url, data }: CallProcessOptions): Link {
  const child = fork(fileURLToPath(url), [JSON.stringify(data)], {
    serialization: 'advanced',
    // None of the server's secrets, and none of the options that its node was started with.
    env: {},
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let death: unknown
  child.on('error', (error) => (death = error))
  return {
    // What cannot be sent to a process that has ended is answered by its end.
    post: (request) => void child.send(request, () => undefined),
    onMessage: (listener) => void child.on('message', (reply) => listener(reply as CallReply)),
    onEnd: (listener) =>
      void child.once('exit', (code, signal) => {
        listener(death ?? new Error(`the process ended with ${signal ?? code ?? 'nothing'}`))
      }),
    hold(isHeld) {
      if (isHeld) child.ref()
      else child.unref()
      if (isHeld) child.channel?.ref()
      else child.channel?.unref()
    },
  }
}
