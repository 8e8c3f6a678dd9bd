import { eq } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { users } from './schema/users.ts'

/** The row of a user as a subquery, from the public id that everything outside uses. Empty for an unknown user. */
export function ownerRow(db: AppStore, owner: string) {
  return db.orm.select({ rowId: users.rowId }).from(users).where(eq(users.id, owner))
}
