/** Functions: everyone's tools, and those that the caller registered. */
import type { RequestHandler } from 'express'
import { z } from 'zod'
import { contextOf, parseJsonObject, readBody, sendJson } from '@tandem/http'
import { AppError, parseInput, type CustomFunction } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { claimsOf } from './claims.ts'
import { answerCall, type LinkedResult } from './run-call.ts'
import { toPublic } from './tools.ts'

const maxBodyBytes = 2 ** 20

/** Strict: arguments that stand beside `arguments` would be lost. */
export const executeFunctionSchema = z.strictObject({
  arguments: z.record(z.string(), z.unknown()).nullish(),
})

/** `GET /api/v1/functions` */
export function listFunctions({ toolsServer }: Deps): RequestHandler {
  return async (_req, res) => {
    const [{ tools }, custom] = await Promise.all([
      toolsServer.inventory(claimsOf(res), contextOf(res)),
      toolsServer.functions.list(claimsOf(res), contextOf(res)),
    ])
    const byName = new Map(custom.map((definition) => [definition.name, definition]))
    const functions = tools.map((tool) => ({
      ...toPublic(tool),
      ...(tool.source === 'custom' && ownFields(byName.get(tool.name))),
    }))
    sendJson(res, { functions, count: functions.length })
  }
}

function ownFields(definition: CustomFunction | undefined): object {
  if (!definition) return {}
  const { code, created_at, updated_at } = definition
  return { code, created_at, updated_at }
}

/** `POST /api/v1/functions/register`: 201, or 200 where it replaces one of the caller's. */
export function registerFunction({ toolsServer }: Deps): RequestHandler {
  return async (req, res) => {
    const definition = parseJsonObject(await readBody(req, maxBodyBytes))
    const saved = await toolsServer.functions.register(claimsOf(res), definition, contextOf(res))
    sendJson(res, saved, saved.replaced ? 200 : 201)
  }
}

/** `POST /api/v1/functions/{name}/execute` */
export function executeFunction(deps: Deps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const bytes = await readBody(req, maxBodyBytes)
    const body = bytes.length === 0 ? {} : parseJsonObject(bytes)
    const { arguments: args } = parseInput(executeFunctionSchema, body)
    const asked = { name: req.params.name, missing: 'function_not_found' as const }
    await answerCall({ req, res, deps }, { ...asked, argumentsFor: () => args ?? {}, toBody })
  }
}

function toBody(
  { data, content, artifacts, error }: LinkedResult,
  { name }: { name: string },
): object {
  const failed = error && { code: error.code, message: content, retryable: error.retryable }
  const result = error ? null : (data ?? content)
  return { name, success: !error, result, content, artifacts, error: failed ?? null }
}

/** `DELETE /api/v1/functions/{name}` */
export function unregisterFunction({ toolsServer }: Deps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { name } = req.params
    try {
      await toolsServer.functions.remove(claimsOf(res), name, contextOf(res))
    } catch (error) {
      throw (await isBuiltIn(error, () => toolsServer.list(claimsOf(res), contextOf(res)), name))
        ? new AppError('permission_denied', {
            message: `'${name}' is not a custom function and stays.`,
          })
        : error
    }
    sendJson(res, { name, deleted: true })
  }
}

async function isBuiltIn(
  error: unknown,
  list: () => Promise<readonly { name: string }[]>,
  name: string,
): Promise<boolean> {
  if (!(error instanceof AppError) || error.code !== 'function_not_found') return false
  return (await list()).some((tool) => tool.name === name)
}
