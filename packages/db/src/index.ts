export type { ApiKey, ApiKeys, KeyHolder, KeyUse, NewApiKey } from './app/api-keys.ts'
export type { Attachments } from './app/attachments.ts'
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
export { describeApiKey, hashApiKey, makeApiKey, type MadeKey } from './app/new-key.ts'
export { openAppDb, type AppDb, type AppDbOptions } from './app/open.ts'
export type { Removal, Removals } from './app/removals.ts'
export type { EventsPage, LoggedEvent, StoredEvent } from './app/run-events.ts'
export type { RunPage, RunQuery, Runs } from './app/runs.ts'
export type {
  NewRun,
  RunSettlement,
  RunWait,
  StoredRun,
  WaitingRun,
  WaitingStatus,
} from './app/stored-run.ts'
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
export type { FileQuery, FileQuota, FileRows, FileUse, NewFile, StoredFile } from './tools/files.ts'
export type { FunctionRows, NewFunction, SavedFunction, StoredFunction } from './tools/functions.ts'
export type {
  CollectionQuery,
  CollectionRows,
  NewCollection,
  StoredCollection,
} from './tools/knowledge/collections.ts'
export type { BatchRows, StoredBatch } from './tools/knowledge/batches.ts'
export type {
  AddedDocuments,
  DocumentAttributes,
  DocumentErrorCode,
  DocumentQuota,
  DocumentStatus,
  NewDocument,
  NewDocuments,
  NewFileDocument,
  NewTextDocument,
  StoredDocument,
} from './tools/knowledge/document.ts'
export type { DocumentQuery, DocumentRows } from './tools/knowledge/documents.ts'
export type { IndexingRows } from './tools/knowledge/indexing.ts'
export type {
  ChunkPlace,
  IndexingFailure,
  IndexingJob,
  NewChunk,
  NewVector,
  PendingChunk,
} from './tools/knowledge/indexing-job.ts'
export { openKnowledgeDb, type KnowledgeDb } from './tools/knowledge/open.ts'
export type {
  ChunkTags,
  FoundChunk,
  RetrievalRows,
  SearchedCollection,
} from './tools/knowledge/retrieval.ts'
export { claimDataFolder } from './sqlite/claim.ts'
export { openToolsDb, type ToolsDb, type ToolsDbOptions } from './tools/open.ts'
export { createTermCounts, type TermCounts } from './words/term-counts.ts'
export {
  openWordsIndex,
  type WordsEntry,
  type WordsIndex,
  type WordsIndexOptions,
  type WordsMatch,
  type WordsUpdate,
} from './words/words-index.ts'
