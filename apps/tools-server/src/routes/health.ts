import type { RequestHandler } from 'express'
import { sendJson } from '@tandem/http'
import { AppError } from '@tandem/schemas'
import type { Deps } from '../deps.ts'

/** The process runs; plugins that did not load are named, but not why, for nobody was asked who they are. */
export function alive({ toolbox }: Pick<Deps, 'toolbox'>): RequestHandler {
  return (_req, res) => {
    const failed = toolbox.errors().map(({ plugin }) => plugin)
    sendJson(res, { status: 'ok', ...(failed.length > 0 && { failed_plugins: failed }) })
  }
}

/** It takes calls. */
export function ready({ lifecycle }: Deps): RequestHandler {
  return (_req, res) => {
    if (lifecycle.isDraining()) throw new AppError('server_shutting_down')
    sendJson(res, { status: 'ready' })
  }
}

/** What holds here, for the main API: how Python is isolated, and how documents are found. */
export function report({
  sandbox,
  knowledge,
}: Pick<Deps, 'sandbox' | 'knowledge'>): RequestHandler {
  return async (_req, res) => {
    const state = await knowledge.collections.state()
    sendJson(res, { status: 'ok', sandbox: sandbox.status(), knowledge: state })
  }
}
