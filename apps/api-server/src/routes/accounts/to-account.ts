import type { ApiKey, User } from '@tandem/db'
import type { Account, Key } from '@tandem/schemas'

/** A user as the API tells of one. */
export function toAccount({ id, username, role, disabled, createdAt }: User): Account {
  return { id, username, role, disabled, created_at: toTime(createdAt) }
}

/** A key as the API tells of one: never the key itself. */
export function toKey({ id, name, prefix, createdAt, expiresAt, lastUsedAt }: ApiKey): Key {
  return {
    id,
    name,
    prefix,
    created_at: toTime(createdAt),
    expires_at: expiresAt === null ? null : toTime(expiresAt),
    last_used_at: lastUsedAt === null ? null : toTime(lastUsedAt),
  }
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
