import { createTransport, type Transport, type UpstreamTimeouts } from './transport.ts'

export interface EndpointOptions {
  name: string
  /** Ends in `/v1` or whatever stands before `/chat/completions`. */
  baseUrl: string
  apiKey?: string | undefined
  timeouts: UpstreamTimeouts
}

/** One upstream: where it is and how it is spoken to. */
export interface Endpoint {
  name: string
  transport: Transport
  /** Our key for it; never to be seen outside. */
  secret: string | undefined
  headers(requestId?: string): Record<string, string>
}

export function createEndpoint({ name, baseUrl, apiKey, timeouts }: EndpointOptions): Endpoint {
  const base = {
    'content-type': 'application/json',
    // Compressed streams would have to be unpacked before they can be tapped.
    'accept-encoding': 'identity',
    'user-agent': 'tandem',
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : undefined),
  }
  return {
    name,
    transport: createTransport({ name, baseUrl, timeouts }),
    secret: apiKey,
    headers: (requestId) => (requestId ? { ...base, 'x-request-id': requestId } : base),
  }
}
