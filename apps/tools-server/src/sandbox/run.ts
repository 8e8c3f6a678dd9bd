import { z } from 'zod'
import { isFileName } from './file-names.ts'
import { writeFrame } from './framing.ts'
import type { MemoryWatch } from './memory-watch.ts'
import { collectOutput } from './output.ts'
import type { SandboxProcess } from './process.ts'
import type { LoadedRequest, SandboxFile, SandboxLimits, SandboxOutcome } from './types.ts'
import { explain, toWord, type Exit, type HostStop } from './verdict.ts'

/** Beyond the run's own time, for restoring files and bringing them out. */
const overheadMs = 5_000
const maxHeaderBytes = 32 * 2 ** 20
const goodbyeMs = 1_000

const text = z.string().transform((value) => value.toWellFormed())
const size = z.number().int().nonnegative()

/** What comes out of a sandbox. The code may have had a hand in it, so each length is capped and each name checked. */
const resultSchema = z.object({
  exit: z.union([
    z.object({ code: z.number().int() }),
    z.object({ signal: z.number().int() }),
    z.object({ timeout: z.literal(true) }),
    z.object({ resource: text }),
  ]),
  report: z
    .object({
      value: text.optional(),
      json: text.optional(),
      error: z
        .object({ type: text, text, lack: z.enum(['memory', 'resource']).optional() })
        .optional(),
      notes: z.array(text).max(100).optional(),
    })
    .nullable()
    .catch(null),
  spentMs: z.number().nonnegative(),
  cpuMs: z.number().nonnegative(),
  peakKb: z.number().nonnegative(),
  files: z.array(z.object({ name: text, size, same: z.literal(true).optional() })).max(10_000),
  dropped: z.array(text).max(200),
})
type Result = z.output<typeof resultSchema>

export interface RunOptions {
  limits: SandboxLimits
  watch: MemoryWatch
  signal: AbortSignal
}

/** Gives a ready sandbox its request and waits for its end, whichever way it comes. */
export async function runIn(
  sandbox: SandboxProcess,
  request: LoadedRequest,
  { limits, watch, signal }: RunOptions,
): Promise<SandboxOutcome> {
  const started = performance.now()
  const wallMs = Math.min(request.wallMs ?? limits.defaultWallMs, limits.maxWallMs)
  let stopped: HostStop | undefined
  const stop = (why: HostStop): void => {
    stopped ??= why
    sandbox.kill()
  }
  const output = {
    kept: limits.keptOutputBytes,
    max: limits.outputBytes,
    onTooMuch: () => stop('output_limit'),
  }
  const stdout = collectOutput(sandbox.stdout, output)
  const stderr = collectOutput(sandbox.stderr, output)
  const memory = watch.watch({ processId: sandbox.processId, onLimit: () => stop('memory_limit') })
  const abort = (): void => stop('killed')
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const deadline = setTimeout(() => stop('timeout'), wallMs + overheadMs)
  try {
    sendRequest(sandbox, request, { ...limits, wallMs, cpuSeconds: Math.ceil(wallMs / 1000) + 1 })
    const received = await receive(sandbox, limits)
    await endOf(sandbox)
    signal.throwIfAborted()
    return toOutcome(received, {
      stdout: stdout.text(),
      stderr: stderr.text(),
      stopped,
      wallMs,
      elapsedMs: performance.now() - started,
      peakBytes: memory.peak(),
    })
  } finally {
    clearTimeout(deadline)
    memory.stop()
    signal.removeEventListener('abort', abort)
    sandbox.kill()
  }
}

function sendRequest(sandbox: SandboxProcess, request: LoadedRequest, limits: object): void {
  const { code, call, files } = request
  const listed = files.map(({ name, bytes }) => ({ name, size: bytes.length }))
  writeFrame(sandbox.requests, { code: code.toWellFormed(), call, files: listed, limits }, files)
}

interface Received {
  result: Result
  changed: SandboxFile[]
}

/** Undefined when the sandbox ended, or was ended, before its result was out, or when the result makes no sense. */
async function receive(
  sandbox: SandboxProcess,
  limits: SandboxLimits,
): Promise<Received | undefined> {
  try {
    const result = resultSchema.parse(await sandbox.results.header(maxHeaderBytes))
    const changed: SandboxFile[] = []
    let left = limits.totalBytes
    for (const { name, size, same } of result.files) {
      if (same) continue
      left -= size
      if (left < 0) return undefined
      changed.push({ name, bytes: await sandbox.results.bytes(size) })
    }
    return { result, changed }
  } catch {
    return undefined
  }
}

/** Its outputs are complete once it is gone. */
async function endOf(sandbox: SandboxProcess): Promise<void> {
  const timer = setTimeout(sandbox.kill, goodbyeMs)
  await sandbox.ended
  clearTimeout(timer)
}

interface Seen {
  stdout: string
  stderr: string
  stopped: HostStop | undefined
  wallMs: number
  elapsedMs: number
  peakBytes: number
}

function toOutcome(received: Received | undefined, seen: Seen): SandboxOutcome {
  const { stdout, stderr, peakBytes, elapsedMs } = seen
  const word = toWord(received && toExit(received.result), seen)
  const error = explain(word, { ...seen, exit: received && toExit(received.result) })
  const shared = { word, stdout, stderr, ...(error ? { error } : {}) }
  if (!received) {
    return { ...shared, notes: [], ms: Math.round(elapsedMs), cpuMs: 0, memoryBytes: peakBytes }
  }
  const { report, spentMs, cpuMs, peakKb } = received.result
  const { value, json, notes = [] } = report ?? {}
  return {
    ...shared,
    ...(value === undefined ? {} : { value }),
    ...(json === undefined ? {} : { json }),
    workspace: toWorkspace(received),
    notes,
    ms: spentMs,
    cpuMs,
    memoryBytes: Math.max(peakBytes, peakKb * 1024),
  }
}

function toExit({ exit, report, cpuMs }: Result): Exit {
  return { ...exit, error: report?.error, cpuMs }
}

function toWorkspace({ result, changed }: Received): SandboxOutcome['workspace'] {
  const refused = changed.filter(({ name }) => !isFileName(name)).map(({ name }) => name)
  return {
    changed: changed.filter(({ name }) => isFileName(name)),
    same: result.files.filter(({ same }) => same).map(({ name }) => name),
    dropped: [...result.dropped, ...refused],
  }
}
