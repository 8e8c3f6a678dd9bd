/** Custom functions over HTTP; the owner is in the service token. */
import type { RequestHandler } from 'express'
import type { StoredFunction } from '@tandem/db'
import { parseJsonObject, readBody, sendJson } from '@tandem/http'
import { AppError, type CustomFunction } from '@tandem/schemas'
import { callerOf } from '../auth/service-caller.ts'
import type { Deps } from '../deps.ts'

const maxBodyBytes = 2 ** 20

/** `GET /functions`: the caller's own. */
export function listFunctions({ functions }: Deps): RequestHandler {
  return async (_req, res) => {
    const found = await functions.list(callerOf(res).sub)
    sendJson(res, { functions: found.map(toCustomFunction) })
  }
}

/** `POST /functions`: registers one, or replaces the caller's one of that name. */
export function registerFunction({ functions }: Deps): RequestHandler {
  return async (req, res) => {
    const input = parseJsonObject(await readBody(req, maxBodyBytes))
    const saved = await functions.register(callerOf(res).sub, input)
    sendJson(res, { ...toCustomFunction(saved.function), replaced: saved.replaced })
  }
}

/** `DELETE /functions/{name}` */
export function removeFunction({ functions }: Deps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { name } = req.params
    if (!(await functions.remove(callerOf(res).sub, name))) {
      throw new AppError('function_not_found', {
        message: `You have no function '${name.slice(0, 64)}'.`,
        param: 'name',
      })
    }
    sendJson(res, { name, deleted: true })
  }
}

function toCustomFunction(definition: StoredFunction): CustomFunction {
  const { name, description, parameters, code, createdAt, updatedAt } = definition
  return {
    name,
    description,
    parameters,
    code,
    created_at: Math.floor(createdAt / 1000),
    updated_at: Math.floor(updatedAt / 1000),
  }
}
