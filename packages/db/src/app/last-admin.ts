/** There is always somebody who can let others in. */
import { AppError } from '@tandem/schemas'
import { and, asc, eq, ne } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { users } from './schema/users.ts'

const isActiveAdmin = and(eq(users.role, 'admin'), eq(users.disabled, false))

/** The public id of the administrator who has been one of us longest and is not disabled. */
export function selectFirstAdmin(db: AppStore): { id: string } | undefined {
  return db.orm
    .select({ id: users.id })
    .from(users)
    .where(isActiveAdmin)
    .orderBy(asc(users.createdAt), asc(users.rowId))
    .limit(1)
    .get()
}

/**
 * For use inside the transaction that takes an administrator away.
 * @throws AppError `last_admin` where this is the only one who is not disabled.
 */
export function assertNotLastAdmin(db: AppStore, id: string): void {
  const select = (which: ReturnType<typeof eq>) =>
    db.orm.select({ id: users.id }).from(users).where(and(isActiveAdmin, which)).limit(1).get()
  if (select(eq(users.id, id)) && !select(ne(users.id, id))) throw new AppError('last_admin')
}
