import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

/** All that is routed on the public IPv6 internet (RFC 4291); libraries also call `::7f00:1`, which is 127.0.0.1, unicast. */
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** Azure's host answers its virtual machines at an address that looks public. */
const hostServices: ReadonlySet<string> = new Set(['168.63.129.16'])

/**
 * Whether anyone on the internet could reach this address just as well. Private, loopback, link-local, carrier-grade NAT,
 * multicast, reserved and tunnelled ranges (NAT64, 6to4, Teredo: they carry an IPv4 address) are not public, and neither
 * are this machine's own addresses, for its firewall does not hold for itself.
 */
export function isPublicAddress(address: string, interfaces = networkInterfaces()): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast)) return false
  const text = parsed.toString()
  return !hostServices.has(text) && !ownAddresses(interfaces).has(text)
}

function ownAddresses(interfaces: ReturnType<typeof networkInterfaces>): Set<string> {
  const addresses = Object.values(interfaces).flatMap((entries) => entries ?? [])
  return new Set(addresses.map(({ address }) => ipaddr.process(address).toString()))
}
