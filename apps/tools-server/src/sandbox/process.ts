import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex, Readable, Writable } from 'node:stream'
import { z } from 'zod'
import { createFrameReader, type FrameReader } from './framing.ts'

/** How a driver starts a sandbox. Descriptors inside: 3 takes requests, 4 gives results, 5 is the status, then the feeds. */
export interface LaunchSpec {
  command: string
  args: readonly string[]
  /** The whole environment of the command: nothing is inherited. */
  env: Readonly<Record<string, string>>
  /** Written to descriptors 6, 7, …, each closed at its end. */
  feeds: readonly Buffer[]
  /** The user that the command runs as, where this process is root. */
  user?: { uid: number; gid: number }
  /**
   * Whether the command says on descriptor 5 which process it started. Then that one is killed, never the command, which
   * would leave a child behind that waits for it half set up.
   */
  reportsChild?: boolean
  /** Removes what the driver laid out for this sandbox. */
  cleanup?: () => void
}

export const firstFeed = 6

/** A started sandbox, which waits for its one request. */
export interface SandboxProcess {
  requests: Writable
  results: FrameReader
  stdout: Readable
  stderr: Readable
  /** Once the supervisor waits for a request. @throws Error with what went wrong at the start */
  ready: Promise<void>
  /** Once all of its processes are gone. Never rejects. */
  ended: Promise<void>
  /** Its first process, as the host numbers it. */
  processId(): number | undefined
  kill(): void
}

const readySchema = z.object({ ready: z.literal(true) })
const maxReadyBytes = 1024
const startTimeoutMs = 30_000

export function launch(spec: LaunchSpec): SandboxProcess {
  const child = spawn(spec.command, spec.args, {
    cwd: '/',
    env: { ...spec.env },
    stdio: ['ignore', ...Array.from({ length: firstFeed - 1 + spec.feeds.length }, () => pipe)],
    ...spec.user,
  })
  const [requests, results, status, ...feeds] = child.stdio.slice(3) as Duplex[]
  const { stdout, stderr } = child
  if (!requests || !results || !status || !stdout || !stderr) throw new Error('no pipes')
  for (const [index, feed] of feeds.entries()) feed.on('error', ignore).end(spec.feeds[index])
  requests.on('error', ignore)
  const inner = readChildId(status)
  const ended = waitForEnd(child, spec.cleanup)
  const kill = (): void => {
    // The supervisor ends when this does, at whatever point of its life it is.
    requests.destroy()
    if (child.exitCode !== null || child.signalCode !== null) return
    if (spec.reportsChild) inner.whenKnown(killById)
    else child.kill('SIGKILL')
  }
  const frames = createFrameReader(results)
  const ready = waitUntilReady(frames, { kill, stderr })
  ready.catch(ignore)
  return { requests, results: frames, stdout, stderr, ready, ended, processId: inner.id, kill }
}

const pipe = 'pipe' as const
const ignore = (): void => undefined

async function waitForEnd(child: ChildProcess, cleanup: (() => void) | undefined): Promise<void> {
  try {
    await once(child, 'close')
  } catch {
    // It could not be started, which `ready` says.
  }
  cleanup?.()
}

/** What the sandbox says before it is ready is why it could not start. */
async function waitUntilReady(
  frames: FrameReader,
  { kill, stderr }: { kill: () => void; stderr: Readable },
): Promise<void> {
  let said = ''
  const listen = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(0, 2000))
  stderr.on('data', listen)
  const timer = setTimeout(kill, startTimeoutMs)
  try {
    readySchema.parse(await frames.header(maxReadyBytes))
  } catch (cause) {
    kill()
    throw new Error(said.trim() || 'It ended before it was ready.', { cause })
  } finally {
    clearTimeout(timer)
    stderr.off('data', listen)
    stderr.pause()
  }
}

interface ChildId {
  id(): number | undefined
  whenKnown(act: (id: number) => void): void
}

/** Bubblewrap's `{"child-pid": 123}`; only the host writes there. */
function readChildId(status: Readable): ChildId {
  let text = ''
  const waiting: ((id: number) => void)[] = []
  const id = (): number | undefined => {
    const found = Number(/"child-pid":\s*(\d+)/.exec(text)?.[1])
    return Number.isSafeInteger(found) && found > 1 ? found : undefined
  }
  const whenKnown: ChildId['whenKnown'] = (act) => {
    const known = id()
    if (known === undefined) waiting.push(act)
    else act(known)
  }
  status.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(0, 4096)
    if (id() !== undefined) for (const act of waiting.splice(0)) whenKnown(act)
  })
  status.on('error', ignore)
  return { id, whenKnown }
}

function killById(id: number): void {
  try {
    process.kill(id, 'SIGKILL')
  } catch {
    // It has gone already.
  }
}
