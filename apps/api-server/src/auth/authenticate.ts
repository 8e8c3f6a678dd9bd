import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import { AppError, type Principal } from '@tandem/schemas'

/** Whose key this is, if anyone's. */
export type KeyCheck = (key: string) => Principal | undefined

/** One key guards everything until there are accounts. Hashes of equal length are compared, in constant time. */
export function createKeyCheck(adminApiKey: string): KeyCheck {
  const expected = sha256(adminApiKey)
  const admin: Principal = { userId: 'admin', role: 'admin' }
  return (key) => (timingSafeEqual(sha256(key), expected) ? admin : undefined)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

const principalKey = Symbol('tandem.principal')
type Carrier = Response & { [principalKey]?: Principal }

/** @throws AppError `invalid_api_key`; the first words are those that client libraries look for. */
export function authenticate(checkKey: KeyCheck): RequestHandler {
  return (req, res, next) => {
    const key = keyOf(req)
    const principal = key ? checkKey(key) : undefined
    if (!principal) {
      res.setHeader('www-authenticate', 'Bearer')
      throw new AppError('invalid_api_key', {
        message: key ? undefined : 'Incorrect API key provided: the request has none.',
      })
    }
    ;(res as Carrier)[principalKey] = principal
    next()
  }
}

/** @throws AppError `invalid_api_key` on a route that does not authenticate. */
export function principalOf(res: Response): Principal {
  const principal = (res as Carrier)[principalKey]
  if (!principal) throw new AppError('invalid_api_key')
  return principal
}

/** `Authorization: Bearer`, or the headers of the SDKs of Anthropic (`x-api-key`) and Azure (`api-key`). */
function keyOf(req: Request): string | undefined {
  const { authorization } = req.headers
  if (authorization && /^bearer /i.test(authorization))
    return authorization.slice('bearer '.length).trim()
  const other = req.headers['x-api-key'] ?? req.headers['api-key']
  return typeof other === 'string' ? other.trim() : undefined
}
