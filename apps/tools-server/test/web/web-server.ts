import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WebServer {
  port: number
  url: string
  requests: { path: string; headers: IncomingMessage['headers'] }[]
  /** Sockets that are open. */
  connections(): Promise<number>
  close(): Promise<void>
}

export type Respond = (req: IncomingMessage, res: ServerResponse) => void

/** A web server on 127.0.0.1 with pages by path (without the query). */
export async function startWebServer(pages: Record<string, Respond>): Promise<WebServer> {
  const requests: WebServer['requests'] = []
  const server = createServer((req, res) => {
    const path = req.url ?? '/'
    requests.push({ path, headers: req.headers })
    const respond = pages[path.split('?')[0] ?? '/']
    if (respond) respond(req, res)
    else res.writeHead(404, { 'content-type': 'text/html' }).end('<p>not here</p>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
      }),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

export function page(
  body: string | Buffer,
  headers: Record<string, string> = { 'content-type': 'text/html; charset=utf-8' },
): Respond {
  return (_req, res) => void res.writeHead(200, headers).end(body)
}

export function redirect(location: string, status = 302): Respond {
  return (_req, res) => void res.writeHead(status, { location }).end()
}

export function json(body: unknown, status = 200): Respond {
  return (_req, res) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
