import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { AppError } from '@tandem/schemas'
import { collapseSlashes } from './create-app.ts'

export interface RunningServer {
  server: Server
  port: number
  /** `http://host:port` */
  url: string
  /** Closes the sockets; resolves when all are gone. Open requests must have ended (see `drain`). */
  close(): Promise<void>
}

export interface ListenOptions {
  host: string
  port: number
}

/** @throws Error with one clear line when the address cannot be used. */
export async function listen(app: Express, { host, port }: ListenOptions): Promise<RunningServer> {
  const server = createExpressServer(app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, host, port)))
    server.listen(port, host, resolve)
  })
  const bound = (server.address() as AddressInfo).port
  return {
    server,
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () => closeServer(server),
  }
}

/**
 * Express gives every request and response its own prototype, which de-optimises them. Objects that are born with that
 * prototype make the assignment a no-op: on Node 20 this doubles the requests a second.
 */
function createExpressServer(app: Express): Server {
  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    req.url = collapseSlashes(req.url ?? '/')
    app(req as Parameters<Express>[0], res as Parameters<Express>[1])
  }
  const server = createServer(
    {
      IncomingMessage: constructorFor(IncomingMessage, app.request),
      ServerResponse: constructorFor(ServerResponse, app.response),
      keepAliveTimeout: 75_000,
      requestTimeout: 0,
    },
    handle,
  )
  server.headersTimeout = 60_000
  return server
}

/** `prototype` inherits from `base.prototype` (Express makes it so), hence what is born is a whole `base`. */
function constructorFor<Base extends typeof IncomingMessage | typeof ServerResponse>(
  base: Base,
  prototype: object,
): Base {
  function Born(this: object, ...args: unknown[]): void {
    Reflect.apply(base as unknown as (...args: unknown[]) => void, this, args)
  }
  Born.prototype = prototype
  return Born as unknown as Base
}

function toListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const cause = { cause: error }
  if (error.code === 'EADDRINUSE') {
    return new Error(
      `Port ${port} on ${host} is in use: stop what listens there, or choose another port.`,
      cause,
    )
  }
  if (error.code === 'EACCES') {
    return new Error(`Port ${port} may not be used: choose one above 1023.`, cause)
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Error(`HOST ${host} is no address of this machine.`, cause)
  }
  return new AppError('internal_error', { message: `Cannot listen on ${host}:${port}.`, ...cause })
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
