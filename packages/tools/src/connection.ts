import { Agent, type Dispatcher } from 'undici'
import type { ServiceClaims } from '@tandem/schemas'
import { signServiceToken } from './service-token.ts'

export interface ToolsClientOptions {
  /** `http://host:port` of the tools server. */
  baseUrl: string
  /** SERVICE_SECRET, the same on both servers. */
  secret: string
  timeouts?: Partial<ToolsTimeouts>
}

/** Milliseconds. How long a tool may run is its own trait, kept by the tools server. */
export interface ToolsTimeouts {
  connect: number
  firstByte: number
  /** Between two chunks; the tools server sends a comment in every 10 s of silence. */
  silence: number
}

const defaultTimeouts: ToolsTimeouts = { connect: 2_000, firstByte: 15_000, silence: 45_000 }

/** What a call needs of the client: where to, as whom, over which connections. */
export interface Connection {
  url(path: string): string
  token(claims: ServiceClaims): string
  dispatcher: Dispatcher
}

export function createConnection({ baseUrl, secret, timeouts }: ToolsClientOptions): Connection {
  const { connect, firstByte, silence } = { ...defaultTimeouts, ...timeouts }
  const base = baseUrl.replace(/\/+$/, '')
  return {
    url: (path) => `${base}${path}`,
    token: (claims) => signServiceToken(claims, secret),
    dispatcher: new Agent({
      connect: { timeout: connect },
      headersTimeout: firstByte,
      bodyTimeout: silence,
    }),
  }
}
