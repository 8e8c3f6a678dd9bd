/** The yardstick, a process of its own: the least that a Node proxy can do. Bytes go both ways with backpressure; nothing else. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import { serveParent } from './parent.ts'

const pool = new Pool(process.argv[2] ?? '', { pipelining: 1 })
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding']

function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const copy = { ...headers }
  for (const name of hopByHop) delete copy[name]
  return copy
}

function toHandler(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      response.on('close', () => {
        if (!response.writableEnded) controller.abort(new Error('the client left'))
      })
      response.on('drain', () => controller.resume())
    },
    onResponseStart(_controller, status, headers) {
      response.writeHead(status, withoutHopByHop(headers))
    },
    onResponseData(controller, chunk) {
      if (!response.write(chunk)) controller.pause()
    },
    onResponseEnd() {
      response.end()
    },
    onResponseError() {
      if (response.headersSent) response.destroy()
      else response.writeHead(502).end()
    },
  }
}

function relay(request: IncomingMessage, response: ServerResponse): void {
  const options: Dispatcher.DispatchOptions = {
    path: request.url ?? '/',
    method: request.method ?? 'GET',
    headers: withoutHopByHop(request.headers),
    body: request,
  }
  pool.dispatch(options, toHandler(response))
}

serveParent(createServer(relay))
