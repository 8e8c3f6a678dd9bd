/** Reads URLs as people write them. Everything here throws an Error whose message says what to do and repeats no secret. */
import { networkInterfaces } from 'node:os'

export function toHttpUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('give a full URL that begins with http:// or https://')
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error(
      'take the user name and password out of the URL and give a key in the API key setting beside it',
    )
  }
  return url
}

/** The base URL of an OpenAI-compatible API, with its version and without a slash at the end. */
export function toProviderUrl(value: string): string {
  const url = toHttpUrl(value)
  if (url.search !== '' || url.hash !== '') {
    throw new Error('give the base URL alone, without ?query and #fragment')
  }
  const path = url.pathname.replace(/\/+$/, '')
  const versioned = /\/v\d+(beta|alpha)?$/.test(path) || path.includes('/v1/')
  return `${url.origin}${path}${versioned ? '' : '/v1'}`
}

const ollamaPort = 11_434

/**
 * OLLAMA_HOST in the forms that Ollama itself takes: `host`, `host:port`, `:port`, a URL. A server listens on 0.0.0.0 or
 * [::], but a client cannot go there, so these mean this machine.
 */
export function toOllamaUrl(value: string): string {
  const hasScheme = /^https?:\/\//i.test(value)
  if (!hasScheme && value.includes('://'))
    throw new Error('give a host, host:port, or an http(s):// URL')
  const address = /^:\d+$/.test(value) ? `127.0.0.1${value}` : value
  const url = toHttpUrl(hasScheme ? address : `http://${toUrlHost(address)}`)
  url.hostname = toLocalHost(url.hostname)
  // Ollama's own rule: a URL with a scheme has its scheme's port, anything else 11434.
  if (!hasScheme && !hasPort(address)) url.port = String(ollamaPort)
  return toProviderUrl(url.href)
}

/** A host as URLs write it: an IPv6 address needs brackets, `host:port` does not. */
export function toUrlHost(host: string): string {
  const isIpv6 = /^[\da-f.]*:[\da-f.]*:[\da-f:.]*$/i.test(host)
  return isIpv6 ? `[${host}]` : host
}

/** Whether an address without a scheme names a port. */
export function hasPort(address: string): boolean {
  return /^(\[.*\]|[^:]*):\d+(\/|$)/.test(address)
}

/** Where a client on this machine finds a server that is bound to `host`. */
export function toLocalHost(host: string): string {
  return ['0.0.0.0', '::', '[::]'].includes(host) ? '127.0.0.1' : host
}

/** Where a client on this machine finds the server, without a slash at the end. */
export function toLocalUrl(host: string, port: number): string {
  return `http://${toUrlHost(toLocalHost(host))}:${port}`
}

/** Where clients find a server that is bound to `host`: where that is every address, the first that others can reach. */
export function toReachableUrl(host: string, port: number): string {
  const isEverywhere = toLocalHost(host) !== host
  const addresses = isEverywhere ? Object.values(networkInterfaces()).flat() : []
  const outer = addresses.find((each) => each?.family === 'IPv4' && !each.internal)
  return toLocalUrl(outer?.address ?? host, port)
}
