import { z } from 'zod'
import type { ToolAvailability, ToolResult } from '@tandem/schemas'
import { boundText, defineTool, errorResult, type Tool } from '@tandem/tools'
import type { NanocoderStatus } from '../../nanocoder/status.ts'
import {
  mainFile,
  writeCode,
  type CodeRequest,
  type WriteCodeOptions,
} from '../../nanocoder/write-code.ts'
import { createOneAtATime } from '../../sandbox/one-at-a-time.ts'
import type { SandboxFile, SandboxOutcome } from '../../sandbox/types.ts'
import type { ToolDeps } from '../tool-deps.ts'
import { queueMs, toAvailability, toPackages, unavailable } from './shared.ts'
import { toResult } from './to-result.ts'
import { createWorkspaces } from './workspace.ts'

const maxInstructionChars = 50_000
const shownBytes = 4 * 1024

/**
 * `python_coder` where nanocoder writes the code: it works in a sandbox of its own, and what it wrote is then run as
 * any other code is, in a fresh one.
 */
export function createInstructedCoder(deps: ToolDeps, nanocoder: NanocoderStatus): Tool {
  const { describe, sandbox } = deps
  const inTurn = createOneAtATime()
  const workspaces = createWorkspaces(deps)
  const status = sandbox.status()
  const writeMs = nanocoder.ok ? nanocoder.wallMs : 1000
  const runMs = status.ok ? status.limits.maxWallMs : 0
  const available = (): ToolAvailability =>
    nanocoder.ok ? toAvailability(sandbox.status()) : { ...nanocoder, remedy: '' }
  return defineTool({
    name: 'python_coder',
    description: describe('python_coder_instructed').replaceAll('{{packages}}', () =>
      toPackages(status),
    ),
    schema: createSchema(writeMs / 1000),
    traits: {
      readOnly: false,
      parallelSafe: false,
      idempotent: false,
      timeoutMs: writeMs + runMs + queueMs,
    },
    available,
    async *run({ instruction, timeout, files = [] }, context, { signal }) {
      const { owner, sessionId, callId, attachments = [], models } = context
      const state = available()
      if (!state.ok || !nanocoder.ok) return unavailable(state)
      yield { message: 'Nanocoder writes the program.' }
      const place = { owner, ...(sessionId === undefined ? {} : { sessionId }) }
      const key = JSON.stringify([owner, sessionId ?? ['no session', callId, crypto.randomUUID()]])
      return await inTurn(key, async (): Promise<ToolResult> => {
        signal.throwIfAborted()
        const given = await workspaces.open(place, { fileIds: files, attachments })
        if (!('read' in given)) return given
        const wallMs = timeout === undefined ? nanocoder.wallMs : timeout * 1000
        const request = { owner, instruction, given, models }
        const room = { sandbox, installation: nanocoder.installation, wallMs }
        const done = await writeAndRun(request, room, { signal })
        if (!('outcome' in done)) return done
        const { outcome, code } = done
        const saved = await workspaces.save({ place, outcome, given }, { signal })
        return withCode(toResult(outcome, saved), code)
      })
    },
  })
}

function createSchema(maxSeconds: number) {
  return z.object({
    instruction: z
      .string()
      .min(1)
      .max(maxInstructionChars)
      .describe('What the program is to do, with all that must be known for it.'),
    timeout: z
      .number()
      .positive()
      .max(maxSeconds)
      .optional()
      .describe('Seconds that writing it may take.'),
    files: z
      .array(z.string().max(200))
      .max(20)
      .optional()
      .describe('Ids of uploaded files (file-…) to put into the working directory by their names.'),
  })
}

/** A result where there is no program to run. */
async function writeAndRun(
  request: CodeRequest,
  room: WriteCodeOptions,
  { signal }: { signal: AbortSignal },
): Promise<{ code: string; outcome: SandboxOutcome } | ToolResult> {
  const { owner } = request
  const written = await writeCode(request, room, { signal })
  const files = filesAfter(await request.given.read(), written)
  const code = files.find(({ name }) => name === mainFile)?.bytes.toString('utf8')
  if (code === undefined) return notWritten(written)
  const outcome = await room.sandbox.run({ owner, code, files }, { signal })
  return { code, outcome: together(written, outcome) }
}

/** What it says on its screen is all that it tells of a failure. */
function notWritten({ word, stdout, stderr, error }: SandboxOutcome): ToolResult {
  const said = [error?.text, stdout.trim().slice(-2000), stderr.trim().slice(-1000)]
  const why = said.filter(Boolean).join('\n')
  return errorResult(
    word === 'ok' || word === 'error' ? 'error' : word,
    `Nanocoder wrote no ${mainFile} (it ended with '${word}').\n${why}`,
  )
}

function filesAfter(given: readonly SandboxFile[], written: SandboxOutcome): SandboxFile[] {
  const { changed = [], same = [] } = written.workspace ?? {}
  return [...given.filter(({ name }) => same.includes(name)), ...changed]
}

/** What both runs changed, as if it had been one. */
function together(first: SandboxOutcome, second: SandboxOutcome): SandboxOutcome {
  const { workspace } = second
  if (!workspace || !first.workspace) return second
  const untouched = first.workspace.changed.filter(({ name }) => workspace.same.includes(name))
  const names = new Set(untouched.map(({ name }) => name))
  return {
    ...second,
    workspace: {
      changed: [...workspace.changed, ...untouched],
      same: workspace.same.filter((name) => !names.has(name)),
      dropped: [...first.workspace.dropped, ...workspace.dropped],
    },
  }
}

function withCode(result: ToolResult, code: string): ToolResult {
  const content = `The program:\n${boundText(code.trimEnd(), shownBytes)}\n\n${result.content}`
  return { ...result, content, data: { ...(result.data as object), code } }
}
