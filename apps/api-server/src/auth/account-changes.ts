/**
 * All that changes who may come in. Whoever writes through here is believed at once: what was verified before is
 * forgotten, also where the write failed and nobody knows how far it came.
 */
import type { ApiKeys, AppDb, Users } from '@tandem/db'
import type { Verified } from './verified.ts'

export interface AccountChanges {
  updateUser: Users['update']
  endLogins: Users['raiseTokenVersion']
  removeUser: Users['remove']
  removeKey: ApiKeys['remove']
}

export function createAccountChanges(
  { users, apiKeys }: Pick<AppDb, 'users' | 'apiKeys'>,
  verified: Verified,
): AccountChanges {
  const thenForget = <T>(write: Promise<T>): Promise<T> => write.finally(() => verified.clear())
  return {
    updateUser: (id, patch) => thenForget(users.update(id, patch)),
    endLogins: (id) => thenForget(users.raiseTokenVersion(id)),
    removeUser: (id) => thenForget(users.remove(id)),
    removeKey: (owner, id) => thenForget(apiKeys.remove(owner, id)),
  }
}
