export type { ApiKey, ApiKeys, KeyHolder, KeyUse, NewApiKey } from './app/api-keys.ts'
export type { SessionClaim } from './app/claims.ts'
export { createKeyUses, type KeyUses, type KeyUsesOptions } from './app/key-uses.ts'
export type {
  Answer,
  HistoryPage,
  HistoryWindow,
  Messages,
  NewExchange,
  RunningAnswer,
  StoredMessage,
} from './app/messages.ts'
export { openAppDb, type AppDb, type AppDbOptions } from './app/open.ts'
export type { ClaimOutcome, Session, SessionPage, Sessions } from './app/sessions.ts'
export type { Usage, UsageGroup, UsageQuery, UsageRecord, UsageSummary } from './app/usage.ts'
export { createUsageWriter, type UsageWriter, type UsageWriterOptions } from './app/usage-writer.ts'
export type {
  FirstAdmin,
  NewUser,
  Role,
  User,
  UserPage,
  UserPatch,
  Users,
  UserWithPassword,
} from './app/users.ts'
