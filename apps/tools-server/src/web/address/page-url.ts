import { AppError } from '@tandem/schemas'
import type { Place } from './access-rules.ts'

const maxLength = 2048

/** Parsers drop or map these, so that what is read is not what is fetched: control, space, soft hyphen, zero width, `\`. */
const treacherous = /[\p{Cc}\p{Cf}\p{Z}\\]/u

/**
 * A full http or https URL, as a caller or a redirect gives it.
 * @throws AppError `url_refused` with what is wrong.
 */
export function parsePageUrl(text: string, base?: URL): URL {
  if (text.length > maxLength) throw refuse(`It is longer than ${maxLength} characters.`)
  if (treacherous.test(text))
    throw refuse('It holds spaces, control characters or backslashes: write them as %20 and so on.')
  if (!base && !/^https?:\/\//i.test(text))
    throw refuse('Give a full address that begins with https:// or http://.')
  const url = URL.parse(text, base?.href)
  if (!url) throw refuse('It is not a valid URL.')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse(`${url.protocol} is not read, only http: and https:.`)
  if (url.username || url.password)
    throw refuse('It holds a user name or password: leave out what stands before the @.')
  url.hash = ''
  return url
}

export function placeOf(url: URL): Place {
  const hostname = url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '')
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { hostname, port }
}

function refuse(why: string): AppError {
  return new AppError('url_refused', { message: `This address may not be read. ${why}` })
}
