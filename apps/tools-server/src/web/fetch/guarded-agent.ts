import { lookup as lookupName } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import { Agent, buildConnector } from 'undici'
import type { AccessRules, Place } from '../address/access-rules.ts'

/** The addresses of a name; a test puts a treacherous one in its place. */
export type ResolveName = (hostname: string) => Promise<LookupAddress[]>

export interface GuardOptions {
  rules: AccessRules
  resolve?: ResolveName | undefined
  connectTimeoutMs?: number
}

const systemResolve: ResolveName = (hostname) => lookupName(hostname, { all: true, verbatim: true })

/**
 * Connections that check where they go in the very lookup that they connect by: a name that resolves differently the next
 * time (DNS rebinding) wins nothing. One private address among several refuses them all.
 */
export function createGuardedAgent({
  rules,
  resolve = systemResolve,
  connectTimeoutMs = 5_000,
}: GuardOptions): Agent {
  return new Agent({
    connect(options, callback) {
      const place = toPlace(options)
      try {
        rules.checkPlace(place)
        // net never looks up what is an address already.
        if (isIP(place.hostname) !== 0) rules.checkAddress(place, place.hostname)
      } catch (error) {
        callback(error as Error, null)
        return
      }
      const connect = buildConnector({
        lookup: guardLookup(place, { rules, resolve }),
        timeout: connectTimeoutMs,
        allowH2: false,
        // TLS sessions would be kept by a connector that lives for one connection.
        maxCachedSessions: 0,
      })
      connect(options, callback)
    },
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
    maxHeaderSize: 16 * 1024,
    keepAliveTimeout: 2_000,
    allowH2: false,
  })
}

function toPlace({ hostname, port, protocol }: buildConnector.Options): Place {
  const fallback = protocol === 'https:' ? 443 : 80
  return {
    hostname: hostname
      .toLowerCase()
      .replace(/^\[|\]$/g, '')
      .replace(/\.+$/, ''),
    port: port ? Number(port) : fallback,
  }
}

function guardLookup(
  place: Place,
  { rules, resolve }: { rules: AccessRules; resolve: ResolveName },
): LookupFunction {
  const look = callbackify(async (hostname: string) => {
    const addresses = await resolve(hostname)
    for (const { address } of addresses) rules.checkAddress(place, address)
    return addresses
  })
  return (hostname, options, callback) => {
    look(hostname, (error, addresses) => {
      const first = error ? undefined : addresses[0]
      if (error) callback(error, '')
      else if (!first) callback(noAddress(hostname), '')
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' })
}
