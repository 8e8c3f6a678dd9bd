/** `/api/keys`: one's own API keys. */
import type { RequestHandler } from 'express'
import { makeApiKey } from '@tandem/db'
import { sendJson } from '@tandem/http'
import { AppError, newKeyRequestSchema } from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { readInput } from './read-input.ts'
import { toKey } from './to-account.ts'

/** `GET /api/keys` */
export function listKeys({ db }: Deps): RequestHandler {
  return async (_req, res) => {
    const keys = await db.apiKeys.list(principalOf(res).userId)
    sendJson(res, { keys: keys.map(toKey) })
  }
}

/** `POST /api/keys`: the one answer that holds the key. */
export function createKey({ db, config, now }: Deps): RequestHandler {
  return async (req, res) => {
    const { name, expires_at: expires } = await readInput(req, newKeyRequestSchema)
    const expiresAt = expires == null ? undefined : Date.parse(expires)
    if (expiresAt !== undefined && expiresAt <= now()) {
      throw new AppError('invalid_request', {
        message: "Invalid 'expires_at': this time has passed.",
        param: 'expires_at',
      })
    }
    const { key, hash, prefix } = makeApiKey()
    const kept = { name: name ?? 'API key', hash, prefix, expiresAt }
    const made = await db.apiKeys.create(principalOf(res).userId, kept, config.apiKeysPerUser)
    if (!made) throw new AppError('invalid_api_key')
    res.setHeader('cache-control', 'no-store')
    sendJson(res, { ...toKey(made), key }, 201)
  }
}

/** `DELETE /api/keys/{id}`: it stops at once. */
export function deleteKey({ auth }: Deps): RequestHandler {
  return async (req, res) => {
    const id = String(req.params['id'])
    if (!(await auth.changes.removeKey(principalOf(res).userId, id))) {
      throw new AppError('not_found', { message: 'You have no API key of this id.' })
    }
    sendJson(res, { id, deleted: true })
  }
}
