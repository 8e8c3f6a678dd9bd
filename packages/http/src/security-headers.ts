import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from 'express'
import helmet from 'helmet'
import { keepHeader } from './kept-headers.ts'

export interface SecurityHeadersOptions {
  /** Browsers are told to come by https only: right where users reach this server by https. */
  https: boolean
}

/**
 * Helmet's headers for answers that are data: nothing in them may run, be framed, or be taken for another type. A page of
 * ours sets a policy of its own. What helmet has for pages only, or for browsers long gone, is left out.
 *
 * Helmet is asked once, for it would cost more than authenticating does.
 */
export function securityHeaders({ https }: SecurityHeadersOptions): RequestHandler {
  const headers = askHelmet(https)
  return (_req, res, next) => {
    for (const [name, value] of headers) keepHeader(res, name, value)
    next()
  }
}

function askHelmet(https: boolean): [string, string][] {
  const headers: [string, string][] = []
  const collector = {
    setHeader: (name: string, value: string) => headers.push([name.toLowerCase(), value]),
    removeHeader: () => {},
  } as unknown as ServerResponse
  const set = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https && { maxAge: 31_536_000, includeSubDomains: false },
    frameguard: { action: 'deny' },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xPoweredBy: false,
    xXssProtection: false,
  })
  set({} as IncomingMessage, collector, () => {})
  return headers
}
