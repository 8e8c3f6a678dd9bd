import { buildConnector } from 'undici'

export interface Connections {
  connect: buildConnector.connector
  /**
   * Whether a connection broke that had answered before: most likely the upstream had closed it while it was idle, and did
   * not see what was sent. On HTTP/2 nobody can tell, for there an upstream speaks before it is asked.
   */
  isStale(fault: unknown): boolean
}

const closings = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Connections that remember what they broke with. It costs one listener a connection, and a request nothing. */
export function createConnections(timeoutMs: number): Connections {
  const connector = buildConnector({ timeout: timeoutMs })
  const stale = new WeakSet<object>()

  return {
    connect(options, callback) {
      connector(options, (...[error, socket]) => {
        if (error) {
          callback(error, null)
          return
        }
        socket.on('error', (fault: NodeJS.ErrnoException) => {
          const hasServed = socket.bytesRead > 0 && !isHttp2(socket)
          if (hasServed && closings.has(fault.code ?? '')) stale.add(fault)
        })
        callback(null, socket)
      })
    },
    isStale: (fault) => typeof fault === 'object' && fault !== null && stale.has(fault),
  }
}

function isHttp2(socket: object): boolean {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'
}
