/** The kinds of settings: zod schemas that read the text of an environment variable and say what to do when they cannot. */
import { z } from 'zod'
import { toHttpUrl, toOllamaUrl, toProviderUrl, toUrlHost } from './base-url.ts'

export const text = z.string()

export const flag = z.stringbool({
  truthy: ['on', 'true', '1', 'yes'],
  falsy: ['off', 'false', '0', 'no'],
  error: 'write on or off',
})

export function number({ min, max }: { min: number; max: number }): z.ZodType<number, string> {
  const error = `give a number from ${min} to ${max}`
  return z.coerce.number<string>({ error }).min(min, { error }).max(max, { error })
}

export function wholeNumber({ min, max }: { min: number; max: number }): z.ZodType<number, string> {
  const error = `give a whole number from ${min} to ${max}`
  return z.coerce.number<string>({ error }).int({ error }).min(min, { error }).max(max, { error })
}

/** One of these words, in any case. */
export function oneOf<const Word extends string>(...words: Word[]): z.ZodType<Word, string> {
  return z
    .string()
    .transform((value) => value.toLowerCase())
    .pipe(z.enum(words, { error: `choose ${words.join(' or ')}` }))
}

export const port = wholeNumber({ min: 0, max: 65_535 })

export const seconds = number({ min: 0.001, max: 86_400 })

/** A host name or address without scheme and port. */
export const host = z
  .string()
  .regex(/^[\w.:-]+$/, { error: 'give a host name or an IP address, without http:// and port' })

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
const logLevelAliases: Record<string, string> = { warning: 'warn', critical: 'fatal' }

export const logLevel = z
  .string()
  .transform((value) => logLevelAliases[value.toLowerCase()] ?? value.toLowerCase())
  .pipe(z.enum(logLevels, { error: `choose one of ${logLevels.join(', ')}` }))

export const jwtAlgorithm = z.literal('HS256', {
  error:
    'only HS256 is supported: accepting others lets a token choose how it is checked; remove this setting',
})

/** Runs a function that throws what is wrong; its message is what the user reads. */
function readWith<T>(read: (value: string) => T): z.ZodType<T, string> {
  return z.string().transform((value, context) => {
    try {
      return read(value)
    } catch (error) {
      const message = error instanceof Error ? error.message : 'cannot be read'
      context.issues.push({ code: 'custom', message, input: undefined })
      return z.NEVER
    }
  })
}

/** A host, host:port or URL; the port is added later, where it is missing. */
export const hostOrUrl = readWith((value) => {
  if (value.includes('://')) return toHttpUrl(value).href
  const isHost = URL.canParse(`http://${toUrlHost(value)}`) && !/[/@?#]/.test(value)
  if (!isHost)
    throw new Error('give a host, host:port, or a URL that begins with http:// or https://')
  return value
})

export const httpUrl = readWith((value) => toHttpUrl(value).href.replace(/\/+$/, ''))
export const providerUrl = readWith(toProviderUrl)
export const ollamaHost = readWith(toOllamaUrl)

/** Comma-separated browser origins, or `*`. */
export const origins = readWith((value) =>
  value
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '')
    .map((origin) => (origin === '*' ? origin : toHttpUrl(origin).origin)),
)

/** What Express calls `trust proxy`: off, the number of proxies in front, or their addresses. */
export const trustedProxy: z.ZodType<boolean | number | string[], string> = readWith((value) => {
  if (/^\d+$/.test(value)) return Number(value)
  const parsed = flag.safeParse(value)
  if (parsed.success) return parsed.data
  const addresses = value.split(',').map((address) => address.trim())
  if (addresses.every((address) => proxyAddress.test(address))) return addresses
  throw new Error(
    'write off, the number of proxies in front (1), or their addresses (10.0.0.0/8, loopback)',
  )
})

const proxyAddress = /^(loopback|linklocal|uniquelocal|[\da-f.:]+(\/\d{1,3})?)$/i

/** `name=value,name=value`, each name once; `example` is what a user reads who wrote something else. */
export function pairs<T>(
  value: z.ZodType<T, string>,
  example: string,
): z.ZodType<Readonly<Record<string, T>>, string> {
  return readWith((text) => {
    const entries = text.split(',').map((pair) => readPair(pair, value, example))
    const names = entries.map(([name]) => name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw new Error(`give ${twice} once`)
    return Object.fromEntries(entries)
  })
}

function readPair<T>(
  pair: string,
  value: z.ZodType<T, string>,
  example: string,
): [name: string, value: T] {
  const [, name = '', text = ''] = /^\s*([^=\s]+)\s*=\s*(\S.*?)\s*$/.exec(pair) ?? []
  const parsed = value.safeParse(text)
  if (name === '' || !parsed.success) throw new Error(`write it as ${example}`)
  return [name, parsed.data]
}
