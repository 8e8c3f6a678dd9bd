import type { Express, RequestHandler } from 'express'
import { adminOnly } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { changePassword, logIn, logOut, me, signUp } from './auth.ts'
import { createKey, deleteKey, listKeys } from './keys.ts'
import { createUser, deleteUser, listUsers, updateUser } from './users.ts'

/** One's own account and keys, and everybody's for administrators. `user` stands before what needs a credential. */
export function addAccountRoutes(app: Express, deps: Deps, user: readonly RequestHandler[]): void {
  app.post('/api/auth/signup', signUp(deps))
  app.post('/api/auth/login', logIn(deps))
  app.post('/api/auth/logout', ...user, logOut(deps))
  app.get('/api/auth/me', ...user, me(deps))
  app.post('/api/auth/password', ...user, changePassword(deps))

  app.get('/api/keys', ...user, listKeys(deps))
  app.post('/api/keys', ...user, createKey(deps))
  app.delete('/api/keys/:id', ...user, deleteKey(deps))

  const admin = [...user, adminOnly()]
  app.get('/api/users', ...admin, listUsers(deps))
  app.post('/api/users', ...admin, createUser(deps))
  app.patch('/api/users/:id', ...admin, updateUser(deps))
  app.delete('/api/users/:id', ...admin, deleteUser(deps))
}
