/** The tools as users see and call them. */
import type { RequestHandler } from 'express'
import { z } from 'zod'
import { contextOf, parseJsonObject, readBody, readJsonObject, sendJson } from '@tandem/http'
import { parseInput, toWireTraits, type PluginError, type ToolDescription } from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { claimsOf } from './claims.ts'
import { toNamedArguments } from './named-arguments.ts'
import { answerCall, type LinkedResult } from './run-call.ts'

const maxBodyBytes = 8 * 2 ** 20

const anyRecord = z.record(z.string(), z.unknown())
const sessionSchema = z.string().min(1).max(128)

export const callToolSchema = z.object({
  name: z.string(),
  arguments: anyRecord.nullish(),
  args: z.union([z.array(z.unknown()), anyRecord]).nullish(),
  kwargs: anyRecord.nullish(),
  /** Whose files the tool sees and keeps. */
  session_id: sessionSchema.nullish(),
})

/** `GET /tools`: all that the caller may use, also what is not available, with the reason. */
export function listTools({ toolsServer }: Deps): RequestHandler {
  return async (_req, res) => {
    const { tools, errors } = await toolsServer.inventory(claimsOf(res), contextOf(res))
    const { role } = principalOf(res)
    sendJson(res, { tools: tools.map(toPublic), errors: errors.map((it) => toError(it, role)) })
  }
}

export function toPublic({ available, traits, ...rest }: ToolDescription): object {
  const tool = { ...rest, traits: toWireTraits(traits) }
  if (available.ok) return { ...tool, available: true }
  const { reason, remedy } = available
  return { ...tool, available: false, reason, remedy }
}

/** Why a plugin does not load is the operator's business: the message may quote the code. */
function toError({ plugin, message }: PluginError, role: 'admin' | 'user'): PluginError {
  return {
    plugin,
    message: role === 'admin' ? message : 'It could not be loaded; an administrator can see why.',
  }
}

/** `POST /call_tool`: `{name, arguments}`, or `{name, args, kwargs}` as Python calls. */
export function callTool(deps: Deps): RequestHandler {
  return async (req, res) => {
    const body = await readJsonObject(req, maxBodyBytes)
    const call = parseInput(callToolSchema, body)
    await answerCall(
      { req, res, deps },
      {
        name: call.name,
        session: call.session_id ?? undefined,
        argumentsFor: (tool) => toNamedArguments(tool, call),
        toBody,
      },
    )
  }
}

const callQuerySchema = z.object({ session_id: sessionSchema.optional() })

/** `POST /api/tools/{name}`: the body is the arguments. */
export function callNamedTool(deps: Deps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const bytes = await readBody(req, maxBodyBytes)
    const args = bytes.length === 0 ? {} : parseJsonObject(bytes)
    const { session_id: session } = parseInput(callQuerySchema, req.query)
    const { name } = req.params
    await answerCall({ req, res, deps }, { name, session, argumentsFor: () => args, toBody })
  }
}

function toBody(result: LinkedResult, { name, callId }: { name: string; callId: string }): object {
  return { name, call_id: callId, result: result.data ?? result.content, ...result }
}
