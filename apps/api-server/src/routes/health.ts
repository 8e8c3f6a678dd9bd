import type { RequestHandler } from 'express'
import { contextOf, sendJson } from '@tandem/http'
import type { Deps } from '../deps.ts'

/** `GET /healthz`: the process lives. */
export function alive(): RequestHandler {
  return (_req, res) => {
    sendJson(res, { status: 'ok' })
  }
}

/** `GET /readyz`: it takes work; 503 while it starts or drains. */
export function ready({ lifecycle }: Deps): RequestHandler {
  return (_req, res) => {
    const status = lifecycle.state()
    sendJson(res, { status }, status === 'ready' ? 200 : 503)
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

interface ToolsState {
  status: string
  tools?: string[]
  /** `GET /tools` tells the reasons. */
  unavailable_tools?: string[]
  failed_plugins?: string[]
  /** How documents are found: without an embedding model by their words alone. */
  knowledge?:
    { retrieval: string; embedding: string; model?: string | undefined; index: string } | undefined
}

async function toolsState({ toolsServer }: Deps, signal: AbortSignal): Promise<ToolsState> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(2000)])
  try {
    const [{ tools, errors }, knowledge] = await Promise.all([
      toolsServer.inventory({ sub: 'health' }, { signal: patience }),
      knowledgeState(toolsServer, patience),
    ])
    const failed = errors.map(({ plugin }) => plugin)
    const [usable, unusable] = [true, false].map((ok) =>
      tools.filter(({ available }) => available.ok === ok).map(({ name }) => name),
    )
    return {
      status: 'ok',
      tools: usable,
      ...(unusable?.length && { unavailable_tools: unusable }),
      ...(failed.length > 0 && { failed_plugins: failed }),
      ...(knowledge && { knowledge }),
    }
  } catch {
    return { status: 'unreachable' }
  }
}

/** Reasons and paths stay in the log of the tools server: nobody was asked who they are. */
async function knowledgeState(
  toolsServer: Deps['toolsServer'],
  signal: AbortSignal,
): Promise<ToolsState['knowledge']> {
  try {
    const { embedding, index } = (await toolsServer.report({ signal })).knowledge
    const retrieval = embedding.state === 'ready' ? 'hybrid' : 'lexical'
    return { retrieval, embedding: embedding.state, model: embedding.model, index: index.engine }
  } catch {
    return undefined
  }
}

export function version(deps: Deps): RequestHandler {
  return (_req, res) => {
    sendJson(res, { name: 'tandem', version: deps.version })
  }
}
