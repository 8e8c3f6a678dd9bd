import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Response as ExpressResponse } from 'express'

export interface PlainServer {
  port: number
  close(): void
}

/** Node's own server, without Express. */
export async function startPlainServer(listener: RequestListener): Promise<PlainServer> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** What is written needs nothing of Express. */
export function toExpress(res: ServerResponse): ExpressResponse {
  return res as ExpressResponse
}
