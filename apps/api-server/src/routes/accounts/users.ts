/** `/api/users`: all accounts, for administrators. */
import type { RequestHandler } from 'express'
import { z } from 'zod'
import { sendJson } from '@tandem/http'
import { AppError, newUserRequestSchema, parseInput, userPatchSchema } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { findGoingRuns } from '../agent/going-runs.ts'
import { readInput } from './read-input.ts'
import { toAccount } from './to-account.ts'

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().optional(),
})

/** `GET /api/users`, by name. */
export function listUsers({ db }: Deps): RequestHandler {
  return async (req, res) => {
    const { users, nextCursor } = await db.users.list(parseInput(pageSchema, req.query))
    sendJson(res, { users: users.map(toAccount), next_cursor: nextCursor ?? null })
  }
}

/** `POST /api/users` */
export function createUser({ db, auth }: Deps): RequestHandler {
  return async (req, res) => {
    const { username, password, role } = await readInput(req, newUserRequestSchema)
    const passwordHash = await auth.passwords.hash(password)
    const user = await db.users.create({ username, passwordHash, role: role ?? 'user' })
    if (!user) throw new AppError('username_taken', { param: 'username' })
    sendJson(res, toAccount(user), 201)
  }
}

/** `PATCH /api/users/{id}`: ends the user's logins, and a disabled user's keys and runs too. */
export function updateUser(deps: Deps): RequestHandler {
  const { auth } = deps
  return async (req, res) => {
    const id = String(req.params['id'])
    const { disabled, role, password } = await readInput(req, userPatchSchema)
    const passwordHash = password == null ? undefined : await auth.passwords.hash(password)
    const user = await auth.changes.updateUser(id, {
      disabled: disabled ?? undefined,
      role: role ?? undefined,
      passwordHash,
    })
    if (!user) throw unknownUser()
    if (user.disabled) await (await findGoingRuns(deps, id)).stop()
    sendJson(res, toAccount(user))
  }
}

/** `DELETE /api/users/{id}`, with keys, sessions, messages, runs and usage. */
export function deleteUser(deps: Deps): RequestHandler {
  return async (req, res) => {
    const id = String(req.params['id'])
    const runs = await findGoingRuns(deps, id)
    if (!(await deps.auth.changes.removeUser(id))) throw unknownUser()
    await runs.stop()
    sendJson(res, { id, deleted: true })
  }
}

function unknownUser(): AppError {
  return new AppError('not_found', { message: 'There is no user of this id.' })
}
