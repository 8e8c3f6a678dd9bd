/**
 * Preloaded into a main API that is to be measured without its duties: no key check, no usage, no request log (its
 * limits are off by settings). The product has no such switch, so the sources are changed as they are loaded; one that
 * no longer holds what is replaced here ends the run.
 */
import { registerHooks } from 'node:module'

interface Change {
  find: string
  put: string
}

const changes: Readonly<Record<string, Change>> = {
  '/apps/api-server/src/auth/authenticate.ts': {
    find: 'export function authenticate(deps: AuthenticateDeps): RequestHandler {',
    put: `$&
  const somebody: Principal = { userId: 'user_bench', role: 'user' }
  if (deps) return (_req, res, next) => { setPrincipal(res, somebody); next() }`,
  },
  '/apps/api-server/src/usage/track-usage.ts': {
    find: 'export function trackUsage(res: Response, deps: UsageDeps): (facts: TurnFacts) => void {',
    put: `$&
  if (deps) return () => {}`,
  },
  '/packages/http/src/request-log.ts': {
    find: 'export function requestLog(logger: Logger, quiet: (path: string) => boolean): RequestHandler {',
    put: `$&
  if (logger) return (_req, _res, next) => next()`,
  },
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const change = Object.entries(changes).find(([path]) => url.endsWith(path))?.[1]
    if (!change) return loaded
    const source = Buffer.from(loaded.source as Uint8Array).toString()
    if (!source.includes(change.find)) throw new Error(`${url} holds no ${change.find}`)
    return { ...loaded, source: source.replace(change.find, change.put) }
  },
})
