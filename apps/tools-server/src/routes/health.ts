import type { RequestHandler } from 'express'
import { sendJson } from '@tandem/http'
import { AppError } from '@tandem/schemas'
import type { Deps } from '../deps.ts'

/** The process runs. */
export function alive(): RequestHandler {
  return (_req, res) => {
    sendJson(res, { status: 'ok' })
  }
}

/** It takes calls. */
export function ready({ lifecycle }: Deps): RequestHandler {
  return (_req, res) => {
    if (lifecycle.isDraining()) throw new AppError('server_shutting_down')
    sendJson(res, { status: 'ready' })
  }
}
