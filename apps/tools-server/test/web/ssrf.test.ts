import type { LookupAddress } from 'node:dns'
import { get } from 'node:http'
import { isIP, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import { callbackify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createAccessRules } from '../../src/web/address/access-rules.ts'
import { parsePageUrl } from '../../src/web/address/page-url.ts'
import { isPublicAddress } from '../../src/web/address/public-address.ts'
import { startLastingServer, webSettings, type TestServer } from '../start-server.ts'
import { startCanary, type Canary } from './canary.ts'
import { redirect, startWebServer, type WebServer } from './web-server.ts'

/** An address that counts as public, and that nobody has: the part of IPv6 that 6bone gave back. */
const unallocated = '3ffe::1'

/** What the fake resolver says, call by call; the last word is repeated. */
const names: Record<string, string[][]> = {
  'evil.example': [['127.0.0.1']],
  'six.example': [['::1']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'zero.example': [['0.0.0.0']],
  'both.example': [[unallocated, '127.0.0.1']],
  'rebind.example': [[unallocated], ['127.0.0.1']],
  'nat64.example': [['64:ff9b::7f00:1']],
  'sixtofour.example': [['2002:7f00:1::1']],
  'cgnat.example': [['100.100.100.200']],
  'link.example': [['fe80::1']],
  localhost: [['127.0.0.1']],
  'app.localhost': [['127.0.0.1']],
  'metadata.google.internal': [['127.0.0.1']],
  'metadata.goog': [['127.0.0.1']],
  metadata: [['127.0.0.1']],
  'instance-data': [['127.0.0.1']],
  'instance-data.ec2.internal': [['127.0.0.1']],
  'router.local': [['127.0.0.1']],
  'wiki.corp': [['127.0.0.1']],
  'public.example': [['127.0.0.1']],
}

function createResolver() {
  const calls = new Map<string, number>()
  return async (name: string): Promise<LookupAddress[]> => {
    const hostname = name.replace(/\.$/, '')
    const nth = calls.get(hostname) ?? 0
    calls.set(hostname, nth + 1)
    const answers = names[hostname]
    if (!answers) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    const addresses = answers[Math.min(nth, answers.length - 1)] ?? []
    return addresses.map((address) => ({ address, family: isIP(address) }))
  }
}

/** `PORT` is the canary's; `reach` says that a fetcher without a guard gets there from this machine. */
const spellings: [what: string, url: string, options?: { reach?: boolean }][] = [
  ['plain', 'http://127.0.0.1:PORT/'],
  ['decimal', 'http://2130706433:PORT/'],
  ['octal', 'http://0177.0.0.01:PORT/'],
  ['one octal number', 'http://017700000001:PORT/'],
  ['hex', 'http://0x7f000001:PORT/'],
  ['hex by parts', 'http://0x7f.0x0.0x0.0x1:PORT/'],
  ['mixed bases', 'http://0x7f.0.1:PORT/'],
  ['short', 'http://127.1:PORT/'],
  ['another loopback', 'http://127.45.67.89:PORT/'],
  ['zero', 'http://0:PORT/'],
  ['all zeros', 'http://0.0.0.0:PORT/'],
  ['circled digits', 'http://①②⑦.⓪.⓪.①:PORT/'],
  ['full-width digits and dots', 'http://１２７。０。０。１:PORT/'],
  ['percent-encoded', 'http://%31%32%37%2e%30%2e%30%2e%31:PORT/'],
  ['a final dot', 'http://127.0.0.1.:PORT/'],
  ['IPv6 loopback', 'http://[::1]:PORT/'],
  ['IPv6 loopback in full', 'http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/'],
  ['unspecified IPv6', 'http://[::]:PORT/'],
  ['mapped IPv6', 'http://[::ffff:127.0.0.1]:PORT/'],
  ['mapped IPv6 in hex', 'http://[::ffff:7f00:1]:PORT/'],
  ['compatible IPv6', 'http://[::127.0.0.1]:PORT/', { reach: false }],
  ['translated IPv6', 'http://[::ffff:0:127.0.0.1]:PORT/', { reach: false }],
  ['NAT64', 'http://[64:ff9b::7f00:1]:PORT/', { reach: false }],
  ['local NAT64', 'http://[64:ff9b:1::7f00:1]:PORT/', { reach: false }],
  ['6to4', 'http://[2002:7f00:1::1]:PORT/', { reach: false }],
  ['Teredo', 'http://[2001:0:7f00:1::1]:PORT/', { reach: false }],
  ['unique local', 'http://[fd00:ec2::254]:PORT/', { reach: false }],
  ['link-local IPv6', 'http://[fe80::1]:PORT/', { reach: false }],
  ['metadata address', 'http://169.254.169.254:PORT/latest/meta-data/', { reach: false }],
  ['metadata address, decimal', 'http://2852039166:PORT/', { reach: false }],
  ["Azure's host", 'http://168.63.129.16:PORT/', { reach: false }],
  ['private 10/8', 'http://10.0.0.1:PORT/', { reach: false }],
  ['private 172.16/12', 'http://172.16.0.1:PORT/', { reach: false }],
  ['private 192.168/16', 'http://192.168.0.1:PORT/', { reach: false }],
  ['carrier-grade NAT', 'http://100.64.0.1:PORT/', { reach: false }],
  ['benchmark net', 'http://198.18.0.1:PORT/', { reach: false }],
  ['multicast', 'http://224.0.0.1:PORT/', { reach: false }],
  ['broadcast', 'http://255.255.255.255:PORT/', { reach: false }],
  ['localhost', 'http://localhost:PORT/'],
  ['LOCALHOST.', 'http://LOCALHOST.:PORT/'],
  ['circled letters', 'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/'],
  ['below localhost', 'http://app.localhost:PORT/'],
  ['metadata name of Google', 'http://metadata.google.internal:PORT/computeMetadata/v1/'],
  ['another metadata name of Google', 'http://metadata.goog:PORT/'],
  ['short metadata name', 'http://metadata:PORT/'],
  ['metadata name of Amazon', 'http://instance-data:PORT/'],
  ['long metadata name of Amazon', 'http://instance-data.ec2.internal:PORT/'],
  ['mDNS', 'http://router.local:PORT/'],
  ['company name', 'http://wiki.corp:PORT/'],
  ['a public name of 127.0.0.1', 'http://evil.example:PORT/'],
  ['a public name of ::1', 'http://six.example:PORT/'],
  ['a public name of a mapped address', 'http://mapped.example:PORT/'],
  ['a public name of 0.0.0.0', 'http://zero.example:PORT/'],
  ['a public name of NAT64', 'http://nat64.example:PORT/', { reach: false }],
  ['a public name of 6to4', 'http://sixtofour.example:PORT/', { reach: false }],
  ['a public name of CGNAT', 'http://cgnat.example:PORT/', { reach: false }],
  ['a public name of link-local', 'http://link.example:PORT/', { reach: false }],
  ['one private address among public ones', 'http://both.example:PORT/'],
  ['userinfo', 'http://public.example@127.0.0.1:PORT/'],
  ['userinfo with a password', 'http://a:b@127.0.0.1:PORT/'],
  ['userinfo of a public address', 'http://8.8.8.8:80@127.0.0.1:PORT/'],
  ['an empty userinfo', 'http://@127.0.0.1:PORT/'],
  ['a tab', 'http://127.0.\t0.1:PORT/'],
  ['a line feed', 'http://127.0.0.1\n:PORT/'],
  ['a carriage return and a header', 'http://127.0.0.1:PORT/\r\nHost: x', { reach: true }],
  ['a leading space', ' http://127.0.0.1:PORT/'],
  ['a NUL in front', '\u0000http://127.0.0.1:PORT/'],
  ['a soft hyphen', 'http://local\u00adhost:PORT/'],
  ['a zero-width space', 'http://127.0.0.1\u200b:PORT/'],
  ['backslashes', String.raw`http:\\127.0.0.1:PORT\ `.trim()],
  ['a backslash before @', String.raw`http://127.0.0.1:PORT\@public.example/`],
  ['no slashes', 'http:127.0.0.1:PORT'],
  ['many slashes', 'http:////127.0.0.1:PORT/'],
  ['a file', 'file:///etc/passwd', { reach: false }],
  ['gopher', 'gopher://127.0.0.1:PORT/_x', { reach: false }],
  ['ftp', 'ftp://127.0.0.1:PORT/', { reach: false }],
  ['data', 'data:text/html,hello', { reach: false }],
  ['a redirect', 'http://public.example:WEB/to-canary'],
  ['a redirect to another spelling', 'http://public.example:WEB/to-hex'],
  ['a redirect to mapped IPv6', 'http://public.example:WEB/to-mapped'],
  ['a permanent redirect that keeps the method', 'http://public.example:WEB/to-canary-308'],
  ['a redirect without a scheme', 'http://public.example:WEB/to-canary-relative'],
  ['a redirect by a redirect', 'http://public.example:WEB/twice'],
  ['a redirect with userinfo', 'http://public.example:WEB/to-userinfo'],
  ['a redirect to a private name', 'http://public.example:WEB/to-metadata'],
  ['a redirect to a treacherous name', 'http://public.example:WEB/to-evil'],
  ['a redirect to a file', 'http://public.example:WEB/to-file', { reach: false }],
]

let canary: Canary
let web: WebServer
let server: TestServer

function fill(url: string): string {
  return url.replaceAll('PORT', String(canary.port)).replaceAll('WEB', String(web.port))
}

beforeAll(async () => {
  canary = await startCanary()
  const at = (host: string): string => `http://${host}:${canary.port}/`
  web = await startWebServer({
    '/to-canary': redirect(at('127.0.0.1')),
    '/to-canary-308': redirect(at('127.0.0.1'), 308),
    '/to-canary-relative': redirect(`//127.0.0.1:${canary.port}/`),
    '/to-hex': redirect(at('0x7f.1')),
    '/to-mapped': redirect(at('[::ffff:127.0.0.1]')),
    '/twice': redirect('/to-canary', 301),
    '/to-userinfo': redirect(at('public.example@127.0.0.1')),
    '/to-metadata': redirect(at('metadata.google.internal')),
    '/to-evil': redirect(at('evil.example')),
    '/to-file': redirect('file:///etc/passwd'),
  })
  server = await startLastingServer({
    web: webSettings,
    webSeams: {
      // The canary's port is any; the one page that redirects counts as public.
      rules: createAccessRules({ ports: 'any', privateHosts: [`public.example:${web.port}`] }),
      resolve: createResolver(),
      fetchTimeoutMs: 1_000,
    },
  })
})

afterAll(async () => {
  await server.close()
  await web.close()
  await canary.close()
})

describe('through the tools server nothing reaches a private service', () => {
  test.each(spellings)('%s', async (_, spelling) => {
    const before = canary.reached()
    const result = await server.result('fetch_page', { url: fill(spelling) })
    expect(result.error).toEqual({ code: 'url_refused', retryable: false })
    expect(result.content).not.toContain('secret')
    expect(result.content).not.toMatch(/\b127\.\d/)
    expect(canary.reached()).toBe(before)
  })

  test('a name that resolves anew each time (DNS rebinding)', async () => {
    const before = canary.reached()
    const url = `http://rebind.example:${canary.port}/`
    const first = await server.result('fetch_page', { url })
    const second = await server.result('fetch_page', { url })
    expect([first.error?.code, second.error?.code]).toEqual(['page_unreachable', 'url_refused'])
    expect(canary.reached()).toBe(before)
  })

  test('this machine by its own addresses', async () => {
    const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
    expect(own.length).toBeGreaterThan(0)
    const before = canary.reached()
    for (const { address, family } of own) {
      expect(isPublicAddress(address)).toBe(false)
      const host = family === 'IPv6' ? `[${address.split('%')[0]}]` : address
      const url = `http://${host}:${canary.port}/`
      const result = await server.result('fetch_page', { url })
      expect(result.error?.code).toBe('url_refused')
    }
    expect(canary.reached()).toBe(before)
  })

  test('with the rules of a real start, other ports than those of the web are refused first', async () => {
    const real = await startLastingServer()
    const before = canary.reached()
    for (const host of ['127.0.0.1', 'example.com', '8.8.8.8']) {
      const url = `http://${host}:${canary.port}/`
      expect((await real.result('fetch_page', { url })).error?.code).toBe('url_refused')
    }
    expect(canary.reached()).toBe(before)
    await real.close()
  })
})

describe('the control: without the guard the canary is reached', () => {
  const reaching = spellings.filter(([, , options]) => options?.reach !== false)

  test('most spellings are of that kind', () => {
    expect(reaching.length).toBeGreaterThanOrEqual(40)
    expect(spellings.length).toBeGreaterThanOrEqual(80)
  })

  test.each(reaching)('%s', async (_, spelling) => {
    const before = canary.reached()
    await fetchUnguarded(fill(spelling), createResolver())
    expect(canary.reached()).toBe(before + 1)
  })

  test('a name that resolves anew each time, where the check looks it up by itself', async () => {
    const resolve = createResolver()
    const checked = await resolve('rebind.example')
    expect(checked.every(({ address }) => isPublicAddress(address))).toBe(true)
    const before = canary.reached()
    await fetchUnguarded(`http://rebind.example:${canary.port}/`, resolve)
    expect(canary.reached()).toBe(before + 1)
  })
})

/** What a program does that knows of no guard: parses, looks up, connects, follows. */
async function fetchUnguarded(
  url: string,
  resolve: (name: string) => Promise<LookupAddress[]>,
): Promise<void> {
  const look = callbackify(resolve)
  const lookup: LookupFunction = (hostname, options, callback) => {
    look(hostname, (error, addresses) => {
      const last = addresses?.at(-1)
      if (error || !last) callback(error ?? new Error('no address'), '')
      else if (options.all) callback(null, [last])
      else callback(null, last.address, last.family)
    })
  }
  const location = await new Promise<string | undefined>((done, fail) => {
    get(new URL(url), { lookup, agent: false }, (response) => {
      response.resume().on('end', () => done(response.headers.location))
    }).on('error', fail)
  })
  if (location !== undefined) await fetchUnguarded(new URL(location, url).href, resolve)
}

test.each([
  'localhost',
  'db',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data.ec2.internal',
  'printer.local',
  'nas.home.arpa',
  'x.onion',
])('the name %s is refused before anyone is asked for its address', (hostname) => {
  const { checkPlace } = createAccessRules()
  expect(() => checkPlace({ hostname, port: 80 })).toThrow('private network')
  expect(() => checkPlace({ hostname: `${hostname}.example.org`, port: 80 })).not.toThrow()
})

test.each([
  ['http://user@www.example.org/', 'user name'],
  ['http://user:password@www.example.org/', 'user name'],
  ['http://www.example.org/\nx', 'control characters'],
  ['http://www.example.org\\@x/', 'backslashes'],
  ['http://www.exam\u200bple.org/', 'control characters'],
  ['http://www.example.org/a b', 'spaces'],
  ['www.example.org', 'begins with https://'],
  ['//www.example.org', 'begins with https://'],
  ['javascript:alert(1)', 'begins with https://'],
  ['http://', 'not a valid URL'],
  ['http://1.2.3.4.5.6/', 'not a valid URL'],
  [`http://www.example.org/${'x'.repeat(2048)}`, 'longer than'],
])('%j is refused, wherever it leads', (url, says) => {
  expect(() => parsePageUrl(url)).toThrow(says)
  const base = new URL('http://www.example.org/')
  expect(() => parsePageUrl('file:///etc/passwd', base)).toThrow('only http: and https:')
})

describe('what is public', () => {
  test('the address of this machine is not, though it would be for others', () => {
    const entry = { netmask: '', mac: '', internal: false, cidr: null }
    const interfaces = {
      eth0: [
        { ...entry, address: '93.184.215.14', family: 'IPv4' as const },
        { ...entry, address: '2a00:1450::1', family: 'IPv6' as const, scopeid: 0 },
      ],
    }
    expect(isPublicAddress('93.184.215.14', interfaces)).toBe(false)
    expect(isPublicAddress('::ffff:93.184.215.14', interfaces)).toBe(false)
    expect(isPublicAddress('2a00:1450:0::1', interfaces)).toBe(false)
    expect(isPublicAddress('93.184.215.15', interfaces)).toBe(true)
  })

  test.each(['8.8.8.8', '1.1.1.1', '93.184.215.14', '2606:4700:4700::1111', '2a00:1450::1'])(
    '%s is',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )

  test.each([
    '',
    'hello',
    '256.1.1.1',
    '0.1.2.3',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '203.0.113.9',
    '240.0.0.1',
    '::7f00:1',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001:db8::1',
    '2001:10::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
  ])('%j is not', (address) => expect(isPublicAddress(address)).toBe(false))
})
