/** `/api/auth/*`: one's own account. */
import type { Request, RequestHandler } from 'express'
import type { User } from '@tandem/db'
import { sendJson } from '@tandem/http'
import {
  AppError,
  loginRequestSchema,
  passwordChangeSchema,
  signupRequestSchema,
  type LoginAnswer,
} from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { readInput } from './read-input.ts'
import { toAccount } from './to-account.ts'

/** `POST /api/auth/signup`: only a plain user, and only where the operator wants it. */
export function signUp({ db, auth, config }: Deps): RequestHandler {
  return async (req, res) => {
    if (config.signup !== 'open') throw new AppError('signup_closed')
    const { username, password } = await readInput(req, signupRequestSchema)
    // Before the hash, which is what costs.
    auth.takeSignUp(req.ip ?? '')
    const passwordHash = await auth.passwords.hash(password)
    const user = await db.users.create({ username, passwordHash, role: 'user' })
    if (!user) throw new AppError('username_taken', { param: 'username' })
    sendLogin(res, { ...auth.tokens.issue(user), user: toAccount(user) }, 201)
  }
}

/** `POST /api/auth/login`: a name that nobody has takes as long as a wrong password, and reads the same. */
export function logIn(deps: Deps): RequestHandler {
  return async (req, res) => {
    const { username, password } = await readInput(req, loginRequestSchema)
    const user = await checkPassword(req, { username, password }, deps)
    sendLogin(res, deps.auth.tokens.issue(user))
  }
}

/** `POST /api/auth/logout`: on every device, since what ends is the account's token version. */
export function logOut({ auth }: Deps): RequestHandler {
  return async (_req, res) => {
    await auth.changes.endLogins(principalOf(res).userId)
    sendJson(res, { logged_out: true })
  }
}

/** `GET /api/auth/me` */
export function me({ db }: Deps): RequestHandler {
  return async (_req, res) => {
    sendJson(res, toAccount(await ownUser(db, principalOf(res).userId)))
  }
}

/** `POST /api/auth/password`: whoever knows the old one gets a new login, all others end. */
export function changePassword(deps: Deps): RequestHandler {
  const { db, auth } = deps
  return async (req, res) => {
    const { userId } = principalOf(res)
    const input = await readInput(req, passwordChangeSchema)
    const { username } = await ownUser(db, userId)
    await checkPassword(req, { username, password: input.current_password }, deps)
    const passwordHash = await auth.passwords.hash(input.new_password)
    const user = await auth.changes.updateUser(userId, { passwordHash })
    if (!user) throw new AppError('invalid_api_key')
    sendLogin(res, auth.tokens.issue(user))
  }
}

/** @throws AppError `invalid_credentials`, `rate_limit_exceeded`, or `permission_denied` for a disabled account */
async function checkPassword(
  req: Request,
  { username, password }: { username: string; password: string },
  { db, auth }: Deps,
): Promise<User> {
  return auth.loginLimits.attempt({ username, address: req.ip ?? '' }, async () => {
    const user = await db.users.findByUsername(username)
    const matches = await auth.passwords.matches(password, user?.passwordHash)
    if (!user || !matches) throw new AppError('invalid_credentials')
    // Told to nobody but the owner, who knows the password.
    if (user.disabled)
      throw new AppError('permission_denied', { message: 'This account is disabled.' })
    return user
  })
}

async function ownUser(db: Deps['db'], id: string): Promise<User> {
  const user = await db.users.findById(id)
  if (!user) throw new AppError('invalid_api_key')
  return user
}

/** A token is nobody else's to keep: no cache on the way may. */
function sendLogin(
  res: Parameters<typeof sendJson>[0],
  answer: LoginAnswer & { user?: object },
  status = 200,
): void {
  res.setHeader('cache-control', 'no-store')
  sendJson(res, answer, status)
}
