import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

export interface PortRequest {
  /** The setting that names the port. */
  setting: string
  host: string
  /** 0 asks the system for a free one. */
  port: number
}

export interface PortProblem {
  setting: string
  message: string
}

/** Tries the ports by listening on them. The answer has a port for each request, or what is wrong with each bad one. */
export async function findPorts(
  requests: readonly PortRequest[],
): Promise<{ ports: number[]; problems: PortProblem[] }> {
  const results = await Promise.all(requests.map(tryPort))
  return {
    ports: results.filter((result) => typeof result === 'number'),
    problems: results.filter((result) => typeof result !== 'number'),
  }
}

async function tryPort({ setting, host, port }: PortRequest): Promise<number | PortProblem> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    const bound = (server.address() as AddressInfo).port
    server.close()
    await once(server, 'close')
    return bound
  } catch (error) {
    return toProblem(
      { setting, host, port },
      (error as NodeJS.ErrnoException).code ?? String(error),
    )
  }
}

function toProblem({ setting, host, port }: PortRequest, code: string): PortProblem {
  switch (code) {
    case 'EADDRINUSE':
      return {
        setting,
        message: `port ${port} on ${host} is in use; stop the program that uses it, or choose another port`,
      }
    case 'EACCES':
      return { setting, message: `this user may not use port ${port}; choose one from 1024 up` }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        setting: 'HOST',
        message: `${host} is not an address of this machine; choose 127.0.0.1 or 0.0.0.0`,
      }
    default:
      return { setting, message: `port ${port} on ${host} cannot be used (${code})` }
  }
}
