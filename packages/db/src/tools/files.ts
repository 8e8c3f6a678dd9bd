/** The file store's rows; the bytes are on disk. Every query of a file names its owner. */
import { and, asc, desc, eq, gt, isNull, lt, lte, notExists, or, sql } from 'drizzle-orm'
import type { ToolsStore } from './tools-store.ts'
import { documents } from './schema/documents.ts'
import { files } from './schema/files.ts'

export interface StoredFile {
  /** `file-…` */
  id: string
  owner: string
  /** The session whose run made it; null for an upload. */
  sessionId: string | null
  /** A label, never a path. */
  name: string
  purpose: string
  /** As the bytes say, not as the caller said. */
  mediaType: string
  bytes: number
  /** SHA-256 in hex. */
  checksum: string
  expiresAt: number | null
  createdAt: number
}

export type NewFile = Omit<StoredFile, 'createdAt'>

/** What one owner may have. */
export interface FileQuota {
  bytes: number
  files: number
}

export interface FileUse {
  bytes: number
  files: number
}

export interface FileQuery {
  purpose?: string | undefined
  order: 'asc' | 'desc'
  limit: number
  /** The id of the last file of the page before. */
  after?: string | undefined
}

/** Files that have expired are not there, whether they were swept or not. */
export interface FileRows {
  /** Checks the quota and adds the row in one step. Undefined where the owner would have more than the quota. */
  add(file: NewFile, quota: FileQuota): Promise<StoredFile | undefined>
  get(owner: string, id: string): Promise<StoredFile | undefined>
  list(owner: string, query: FileQuery): Promise<{ files: StoredFile[]; hasMore: boolean }>
  /** The newest with this content, name, purpose and session. */
  find(
    file: Pick<StoredFile, 'owner' | 'sessionId' | 'checksum' | 'name' | 'purpose'>,
  ): Promise<StoredFile | undefined>
  use(owner: string): Promise<FileUse>
  remove(owner: string, id: string): Promise<boolean>
  /** All of an owner, or all that one session made; the ids of what was removed. */
  removeAll(owner: string, sessionId?: string): Promise<string[]>
  /** Of everyone. */
  removeExpired(): Promise<{ owner: string; id: string }[]>
  /** Those of a purpose that no document was made of; of everyone where no owner is named. */
  withoutDocument(purpose: string, owner?: string): Promise<{ owner: string; id: string }[]>
  /** The ids of all of an owner, or of all that one session made. */
  ids(owner: string, sessionId?: string): Promise<string[]>
  /** Of everyone. */
  expired(): Promise<{ owner: string; id: string }[]>
  /** Whether there is such a row at all, for whoever tidies the disk. */
  exists(id: string): Promise<boolean>
}

const fileColumns = {
  id: files.id,
  owner: files.owner,
  sessionId: files.sessionId,
  name: files.name,
  purpose: files.purpose,
  mediaType: files.mediaType,
  bytes: files.bytes,
  checksum: files.checksum,
  expiresAt: files.expiresAt,
  createdAt: files.createdAt,
}

export function createFileRows(db: ToolsStore): FileRows {
  return {
    add: (file, quota) => db.write(() => insertWithin(db, file, quota)),
    get: (owner, id) => db.read(() => selectOne(db, owner, id)),
    list: (owner, query) => db.read(() => selectPage(db, owner, query)),
    find: (file) => db.read(() => selectSame(db, file)),
    use: (owner) => db.read(() => sumOf(db, owner)),
    remove: (owner, id) => db.write(() => deleteOne(db, owner, id)),
    removeAll: (owner, sessionId) => db.write(() => deleteAll(db, owner, sessionId)),
    removeExpired: () =>
      db.write(() =>
        db.orm
          .delete(files)
          .where(lte(files.expiresAt, db.now()))
          .returning({ owner: files.owner, id: files.id })
          .all(),
      ),
    withoutDocument: (purpose, owner) => db.read(() => selectUnused(db, purpose, owner)),
    ids: (owner, sessionId) =>
      db.read(() => {
        const some = ownedBy(owner, sessionId)
        const found = db.orm.select({ id: files.id }).from(files).where(some).all()
        return found.map(({ id }) => id)
      }),
    expired: () =>
      db.read(() =>
        db.orm
          .select({ owner: files.owner, id: files.id })
          .from(files)
          .where(lte(files.expiresAt, db.now()))
          .all(),
      ),
    exists: (id) =>
      db.read(
        () =>
          db.orm.select({ id: files.id }).from(files).where(eq(files.id, id)).get() !== undefined,
      ),
  }
}

function insertWithin(db: ToolsStore, file: NewFile, quota: FileQuota): StoredFile | undefined {
  const use = sumOf(db, file.owner)
  if (use.bytes + file.bytes > quota.bytes || use.files >= quota.files) return undefined
  return db.orm
    .insert(files)
    .values({ ...file, createdAt: db.now() })
    .returning(fileColumns)
    .get()
}

/** Expired files count until they are swept: their bytes are still on the disk. */
function sumOf(db: ToolsStore, owner: string): FileUse {
  const sums = db.orm
    .select({ bytes: sql<number>`coalesce(sum(${files.bytes}), 0)`, files: sql<number>`count(*)` })
    .from(files)
    .where(eq(files.owner, owner))
    .get()
  return sums ?? { bytes: 0, files: 0 }
}

function isLive(db: ToolsStore) {
  return or(isNull(files.expiresAt), gt(files.expiresAt, db.now()))
}

function selectOne(db: ToolsStore, owner: string, id: string): StoredFile | undefined {
  return db.orm
    .select(fileColumns)
    .from(files)
    .where(and(eq(files.id, id), eq(files.owner, owner), isLive(db)))
    .get()
}

function selectSame(
  db: ToolsStore,
  file: Pick<StoredFile, 'owner' | 'sessionId' | 'checksum' | 'name' | 'purpose'>,
): StoredFile | undefined {
  const { owner, sessionId, checksum, name, purpose } = file
  return db.orm
    .select(fileColumns)
    .from(files)
    .where(
      and(
        eq(files.owner, owner),
        eq(files.checksum, checksum),
        eq(files.name, name),
        eq(files.purpose, purpose),
        sessionId === null ? isNull(files.sessionId) : eq(files.sessionId, sessionId),
        isLive(db),
      ),
    )
    .orderBy(desc(files.rowId))
    .get()
}

function selectPage(
  db: ToolsStore,
  owner: string,
  { purpose, order, limit, after }: FileQuery,
): { files: StoredFile[]; hasMore: boolean } {
  const direction = order === 'asc' ? asc : desc
  const found = db.orm
    .select(fileColumns)
    .from(files)
    .where(
      and(
        eq(files.owner, owner),
        isLive(db),
        purpose === undefined ? undefined : eq(files.purpose, purpose),
        after === undefined ? undefined : beyond(db, owner, { order, after }),
      ),
    )
    .orderBy(direction(files.createdAt), direction(files.rowId))
    .limit(limit + 1)
    .all()
  return { files: found.slice(0, limit), hasMore: found.length > limit }
}

/** An id that is not the owner's comes before everything and after everything: the page is empty. */
function beyond(
  db: ToolsStore,
  owner: string,
  { order, after }: { order: 'asc' | 'desc'; after: string },
) {
  const place = db.orm
    .select({ createdAt: files.createdAt, rowId: files.rowId })
    .from(files)
    .where(and(eq(files.id, after), eq(files.owner, owner)))
    .get()
  if (!place) return sql`0`
  const past = order === 'asc' ? gt : lt
  const sameTime = and(eq(files.createdAt, place.createdAt), past(files.rowId, place.rowId))
  return or(past(files.createdAt, place.createdAt), sameTime)
}

function deleteOne(db: ToolsStore, owner: string, id: string): boolean {
  const owned = and(eq(files.id, id), eq(files.owner, owner))
  return db.orm.delete(files).where(owned).run().changes > 0
}

function deleteAll(db: ToolsStore, owner: string, sessionId: string | undefined): string[] {
  return db.orm
    .delete(files)
    .where(ownedBy(owner, sessionId))
    .returning({ id: files.id })
    .all()
    .map(({ id }) => id)
}

function ownedBy(owner: string, sessionId: string | undefined) {
  const ofSession = sessionId === undefined ? undefined : eq(files.sessionId, sessionId)
  return and(eq(files.owner, owner), ofSession)
}

function selectUnused(
  db: ToolsStore,
  purpose: string,
  owner: string | undefined,
): { owner: string; id: string }[] {
  const used = db.orm
    .select({ one: sql`1` })
    .from(documents)
    .where(eq(documents.fileId, files.id))
  return db.orm
    .select({ owner: files.owner, id: files.id })
    .from(files)
    .where(
      and(
        eq(files.purpose, purpose),
        owner === undefined ? undefined : eq(files.owner, owner),
        notExists(used),
      ),
    )
    .all()
}
