/** Plays a reply's steps on a real response: one socket write a chunk, at the pace of the reader. */
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { JournalEntry } from './journal.ts'
import type { Reply, ReplyChunk } from './reply.ts'

type Outcome = 'finished' | 'dropped' | 'aborted'

/** Resolves when the reply is played to its end, dropped by its own script, or left by the client. */
export async function writeReply(
  reply: Reply,
  response: ServerResponse,
  entry: JournalEntry,
): Promise<Outcome> {
  // The client may have left while the reply was still being chosen.
  if (response.destroyed) return 'aborted'
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  // A write that meets a closed socket also emits; the outcome says it already.
  response.on('error', () => {})
  const send = reply.raw ? rawSender(response) : httpSender(reply, response)
  for await (const chunk of reply.chunks) {
    if (response.destroyed) return 'aborted'
    if (isDrop(chunk)) return drop(response, chunk.drop)
    if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) {
      if (await written(send, chunk, gone.signal)) entry.bytesSent += Buffer.byteLength(chunk)
      // Lets a reader in this process take the chunk before the next one: sockets are read between two turns.
      await nextTurn()
      await nextTurn()
    } else await pause(chunk, gone.signal)
  }
  if (response.destroyed) return 'aborted'
  return finish(reply, response)
}

type Sender = (chunk: string | Buffer, done: (error?: Error | null) => void) => void

function httpSender(reply: Reply, response: ServerResponse): Sender {
  response.writeHead(reply.status ?? 200, reply.headers)
  return (chunk, done) => {
    if (chunk.length > 0) return response.write(chunk, done)
    response.flushHeaders()
    return done()
  }
}

function rawSender(response: ServerResponse): Sender {
  return (chunk, done) => response.socket?.write(chunk, done)
}

/** Waits until the kernel has taken the chunk: a reader that stands still holds it back. */
function written(send: Sender, chunk: string | Buffer, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const leave = () => resolve(false)
    gone.addEventListener('abort', leave, { once: true })
    send(chunk, (error) => {
      gone.removeEventListener('abort', leave)
      resolve(!error)
    })
  })
}

async function pause(step: { delayMs: number } | { hang: true }, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return
  if ('delayMs' in step) {
    await sleep(step.delayMs, undefined, { signal: gone }).catch(() => {})
    return
  }
  await new Promise((resolve) => gone.addEventListener('abort', resolve, { once: true }))
}

function isDrop(chunk: ReplyChunk): chunk is { drop: true | 'fin' } {
  return typeof chunk === 'object' && 'drop' in chunk
}

function drop(response: ServerResponse, how: true | 'fin'): Outcome {
  if (how === 'fin') response.socket?.destroy()
  else response.socket?.resetAndDestroy()
  return 'dropped'
}

function finish(reply: Reply, response: ServerResponse): Promise<Outcome> {
  return new Promise((resolve) => {
    response.once('close', () =>
      resolve(response.writableFinished || reply.raw ? 'finished' : 'aborted'),
    )
    if (reply.raw) response.socket?.destroySoon()
    else response.end()
  })
}
