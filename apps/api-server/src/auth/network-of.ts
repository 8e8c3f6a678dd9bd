import { isIPv6 } from 'node:net'

/** Whom an address stands for: an IPv4 address itself, of IPv6 the /64 network, for a home has as many addresses. */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.toLowerCase().split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const missing = tail === undefined ? 0 : 8 - groups.length - countGroups(tail)
  const all = [
    ...groups,
    ...Array.from({ length: missing }, () => '0'),
    ...(tail?.split(':') ?? []),
  ]
  const network = all.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}

/** A dotted ending stands for two. */
function countGroups(text: string): number {
  return text.split(':').filter((group) => group !== '').length + (text.includes('.') ? 1 : 0)
}
