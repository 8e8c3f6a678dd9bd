import { isIP } from 'node:net'
import { AppError } from '@tandem/schemas'
import { isPublicAddress } from './public-address.ts'

/** A server as a URL names it: a name or an address without brackets, in lower case, without a final dot. */
export interface Place {
  hostname: string
  port: number
}

/** Where pages may be fetched from. Both throw `url_refused`. */
export interface AccessRules {
  /** Before anything is resolved, for the first URL and for every redirect. */
  checkPlace(place: Place): void
  /** At connect time, for every address that the name resolved to. */
  checkAddress(place: Place, address: string): void
}

export interface AccessOptions {
  /** `host` or `host:port` that the operator opened although they are private. */
  privateHosts?: readonly string[]
  /** Ports of the web; `any` where it is said. */
  ports?: ReadonlySet<number> | 'any'
}

const webPorts: ReadonlySet<number> = new Set([80, 443, 8000, 8008, 8080, 8443, 8888])

/** Names that are answered inside of a network only (RFC 6761, 6762, 8375 and what cloud providers use for metadata). */
const insideNames =
  /(^|\.)(localhost|local|localdomain|internal|intranet|corp|home|lan|private|home\.arpa|in-addr\.arpa|ip6\.arpa|onion|test|invalid|metadata\.goog)$/

export function createAccessRules({
  privateHosts = [],
  ports = webPorts,
}: AccessOptions = {}): AccessRules {
  const opened = new Set(privateHosts.map((entry) => entry.toLowerCase()))
  const isOpened = ({ hostname, port }: Place): boolean =>
    opened.has(`${hostname}:${port}`) || (opened.has(hostname) && webPorts.has(port))
  return {
    checkPlace(place) {
      if (isOpened(place)) return
      const { hostname, port } = place
      if (ports !== 'any' && !ports.has(port)) throw refuse(`Port ${port} is no port of the web.`)
      if (isIP(hostname) !== 0) checkPublic(hostname)
      else if (insideNames.test(hostname) || !hostname.includes('.'))
        throw refuse(`'${hostname}' is a name inside of a private network.`)
    },
    checkAddress(place, address) {
      if (!isOpened(place)) checkPublic(address)
    },
  }
}

/** The address is not repeated: what a private name resolves to is nobody's business. */
function checkPublic(address: string): void {
  if (!isPublicAddress(address)) throw refuse('It leads into a private network.')
}

function refuse(why: string): AppError {
  return new AppError('url_refused', { message: `This address may not be read. ${why}` })
}
