import type { RequestHandler } from 'express'
import { contextOf, sendJson } from '@tandem/http'
import type { Deps } from '../deps.ts'

/** `GET /healthz`: the process lives. */
export function alive(): RequestHandler {
  return (_req, res) => {
    sendJson(res, { status: 'ok' })
  }
}

/** `GET /readyz`: it takes work; 503 while it drains. */
export function ready({ lifecycle }: Deps): RequestHandler {
  return (_req, res) => {
    const draining = lifecycle.isDraining()
    sendJson(res, { status: draining ? 'draining' : 'ready' }, draining ? 503 : 200)
  }
}

/** `GET /health`: what people look at. A provider or a tools server that is down is told, not fatal. */
export function health(deps: Deps): RequestHandler {
  return async (_req, res) => {
    const { signal } = contextOf(res)
    const [tools] = await Promise.all([toolsState(deps, signal), deps.registry.list({ signal })])
    sendJson(res, {
      status: deps.lifecycle.isDraining() ? 'draining' : 'ok',
      timestamp: new Date(deps.now()).toISOString(),
      response_code: 200,
      version: deps.version,
      providers: deps.registry.states(),
      tools_server: tools,
    })
  }
}

async function toolsState(
  { toolsServer }: Deps,
  signal: AbortSignal,
): Promise<{ status: string; tools?: string[] }> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(2000)])
  try {
    const tools = await toolsServer.list({ sub: 'health' }, { signal: patience })
    return { status: 'ok', tools: tools.map(({ name }) => name) }
  } catch {
    return { status: 'unreachable' }
  }
}

export function version(deps: Deps): RequestHandler {
  return (_req, res) => {
    sendJson(res, { name: 'tandem', version: deps.version })
  }
}
