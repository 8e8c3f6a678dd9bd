import { request, type Dispatcher } from 'undici'
import { AppError } from '@tandem/schemas'
import type { AccessRules } from '../address/access-rules.ts'
import { parsePageUrl, placeOf } from '../address/page-url.ts'
import { decodeText } from './charset.ts'
import { createGuardedAgent, type ResolveName } from './guarded-agent.ts'
import { kindOf, mediaTypeOf, refuseBinary, type PageKind } from './media-type.ts'
import { acceptedEncodings, readBody } from './read-body.ts'
import { toFetchError } from './fetch-error.ts'

export interface FetchedText {
  /** Where the redirects ended. */
  url: string
  kind: PageKind
  mediaType: string
  text: string
  /** It was longer than is read. */
  truncated: boolean
}

export type FetchText = (url: string, options: { signal: AbortSignal }) => Promise<FetchedText>

export interface FetchTextOptions {
  rules: AccessRules
  resolve?: ResolveName | undefined
  /** For the whole of it, redirects included; 10 s. */
  timeoutMs?: number | undefined
  /** Unpacked; 2 MiB. */
  maxBytes?: number | undefined
}

const maxRedirects = 5
const redirectStatus: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const headers = {
  accept: 'text/html,application/xhtml+xml,text/plain;q=0.9,application/json;q=0.8,*/*;q=0.1',
  'accept-encoding': acceptedEncodings,
  'accept-language': 'en;q=0.9,*;q=0.5',
  'user-agent': 'Mozilla/5.0 (compatible; Tandem fetch_page)',
}

/**
 * Reads pages of the public web, without cookies, credentials or scripts. Throws `url_refused`, `page_unreachable`,
 * `page_unreadable` or `page_error`, or the abort of the signal.
 */
export function createFetchText(options: FetchTextOptions): FetchText {
  const { rules, timeoutMs = 10_000, maxBytes = 2 * 2 ** 20 } = options
  const agent = createGuardedAgent(options)
  return async (address, { signal }) => {
    const deadline = AbortSignal.timeout(timeoutMs)
    try {
      const asked = { agent, rules, signal: AbortSignal.any([signal, deadline]) }
      const { url, response } = await follow(parsePageUrl(address), asked)
      return await readText(url, response, maxBytes)
    } catch (error) {
      signal.throwIfAborted()
      throw toFetchError(error, { timedOut: deadline.aborted, timeoutMs })
    }
  }
}

interface Asked {
  agent: Dispatcher
  rules: AccessRules
  signal: AbortSignal
}

interface Followed {
  url: URL
  response: Dispatcher.ResponseData
}

/** Redirects are followed by hand: each is a new address, checked like the first one. */
async function follow(first: URL, { agent, rules, signal }: Asked): Promise<Followed> {
  let url = first
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    rules.checkPlace(placeOf(url))
    const response = await request(url, { dispatcher: agent, method: 'GET', headers, signal })
    const location = headerOf(response, 'location')
    if (!redirectStatus.has(response.statusCode) || location === '') return { url, response }
    response.body.on('error', () => undefined).destroy()
    url = parsePageUrl(location, url)
  }
  throw new AppError('page_unreachable', {
    message: `The page redirects more than ${maxRedirects} times.`,
    spent: true,
  })
}

async function readText(
  url: URL,
  response: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<FetchedText> {
  const contentType = headerOf(response, 'content-type')
  // What is left unread is destroyed, which is an error to nobody.
  response.body.on('error', () => undefined)
  try {
    refuseStatus(response)
    refuseBinary(contentType)
    const encoding = headerOf(response, 'content-encoding')
    const { bytes, truncated } = await readBody(response.body, { encoding, maxBytes })
    const kind = kindOf(contentType, bytes)
    const text = decodeText(bytes, contentType)
    return { url: url.href, kind, mediaType: mediaTypeOf(contentType), text, truncated }
  } finally {
    response.body.destroy()
  }
}

function refuseStatus({ statusCode, statusText }: Dispatcher.ResponseData): void {
  if (statusCode >= 200 && statusCode < 300) return
  const reason = statusText ? ` ${statusText.slice(0, 60)}` : ''
  throw new AppError('page_error', {
    message: `The page answered with status ${statusCode}${reason}.`,
    status: statusCode >= 500 || statusCode === 429 ? statusCode : 404,
  })
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}
