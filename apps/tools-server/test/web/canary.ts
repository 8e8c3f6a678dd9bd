import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface Canary {
  port: number
  /** Connections so far: it never speaks HTTP, being reached at all is the harm. */
  reached(): number
  close(): Promise<void>
}

/** A private service on every address of this machine. */
export async function startCanary(): Promise<Canary> {
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    count += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nsecret')
  })
  await listenAnywhere(server)
  return {
    port: (server.address() as AddressInfo).port,
    reached: () => count,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** On both families, or on IPv4 alone where a machine has no IPv6. */
async function listenAnywhere(server: Server): Promise<void> {
  server.listen(0, '::')
  try {
    await once(server, 'listening')
  } catch {
    server.listen(0, '0.0.0.0')
    await once(server, 'listening')
  }
}
