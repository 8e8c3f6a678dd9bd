import { z } from 'zod'
import type { ToolResult } from '@tandem/schemas'
import { defineTool, type Tool } from '@tandem/tools'
import { createOneAtATime } from '../../sandbox/one-at-a-time.ts'
import type { ToolDeps } from '../tool-deps.ts'
import { createInstructedCoder } from './instructed.ts'
import { queueMs, toAvailability, toPackages, unavailable } from './shared.ts'
import { toResult } from './to-result.ts'
import { createWorkspaces } from './workspace.ts'

const maxCodeChars = 500_000

/** Python in the sandbox; nothing is ever run outside of it. Where nanocoder writes the code, the tool takes an instruction. */
export function createPythonCoder(deps: ToolDeps): Tool {
  return deps.nanocoder ? createInstructedCoder(deps, deps.nanocoder) : createPlainCoder(deps)
}

function createPlainCoder(deps: ToolDeps): Tool {
  const { describe, sandbox } = deps
  const inTurn = createOneAtATime()
  const workspaces = createWorkspaces(deps)
  const status = sandbox.status()
  const maxSeconds = status.ok ? status.limits.maxWallMs / 1000 : 300
  const schema = z.object({
    code: z.string().min(1).max(maxCodeChars).describe('The Python program.'),
    timeout: z
      .number()
      .positive()
      .max(maxSeconds)
      .optional()
      .describe(`Seconds that it may take, at most ${maxSeconds}.`),
    files: z
      .array(z.string().max(200))
      .max(20)
      .optional()
      .describe('Ids of uploaded files (file-…) to put into the working directory by their names.'),
  })
  return defineTool({
    name: 'python_coder',
    description: describe('python_coder').replaceAll('{{packages}}', () => toPackages(status)),
    schema,
    traits: {
      readOnly: false,
      parallelSafe: false,
      idempotent: false,
      timeoutMs: maxSeconds * 1000 + queueMs,
    },
    available: () => toAvailability(sandbox.status()),
    async *run({ code, timeout, files = [] }, context, { signal }) {
      const { owner, sessionId, callId, attachments = [] } = context
      const available = toAvailability(sandbox.status())
      if (!available.ok) return unavailable(available)
      yield { message: 'Running Python in the sandbox.' }
      const place = { owner, ...(sessionId === undefined ? {} : { sessionId }) }
      // Two runs of a session at once would each forget the other's files.
      const key = JSON.stringify([owner, sessionId ?? ['no session', callId, crypto.randomUUID()]])
      return await inTurn(key, async (): Promise<ToolResult> => {
        signal.throwIfAborted()
        const given = await workspaces.open(place, { fileIds: files, attachments })
        if (!('read' in given)) return given
        const wallMs = timeout === undefined ? {} : { wallMs: timeout * 1000 }
        const request = { owner, code, files: given.read, ...wallMs }
        const outcome = await sandbox.run(request, { signal })
        return toResult(outcome, await workspaces.save({ place, outcome, given }, { signal }))
      })
    },
  })
}
