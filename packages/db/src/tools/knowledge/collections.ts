/** Collections of documents. Every query names the owner; someone else's id finds nothing. */
import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import { AppError } from '@tandem/schemas'
import { newId } from '../../app/new-id.ts'
import { collections } from '../schema/collections.ts'
import { documents } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import { toPage, type PageQuery } from './page.ts'

export interface StoredCollection {
  /** `vs_…` */
  id: string
  name: string
  description: string
  metadata: Record<string, string>
  expiresAfterDays: number | null
  lastActiveAt: number
  createdAt: number
  /** Of its documents' text. */
  bytes: number
  documents: Record<'in_progress' | 'completed' | 'failed' | 'cancelled', number>
}

export interface NewCollection {
  name: string
  description?: string | undefined
  metadata?: Record<string, string> | undefined
  expiresAfterDays?: number | null | undefined
}

export interface CollectionQuery extends PageQuery {
  /** Only those of this name. */
  name?: string | undefined
}

export interface CollectionRows {
  /**
   * With `uniqueName`, undefined where the owner has one of this name.
   * @throws AppError `collection_quota_exceeded`
   */
  create(
    owner: string,
    collection: NewCollection,
    options?: { uniqueName?: boolean },
  ): Promise<StoredCollection | undefined>
  any(owner: string): Promise<boolean>
  get(owner: string, id: string): Promise<StoredCollection | undefined>
  /** The oldest of this name. */
  find(owner: string, name: string): Promise<StoredCollection | undefined>
  list(
    owner: string,
    query: CollectionQuery,
  ): Promise<{ collections: StoredCollection[]; hasMore: boolean }>
  update(
    owner: string,
    id: string,
    change: Partial<NewCollection>,
  ): Promise<StoredCollection | undefined>
  /** It was used: its time to expire begins anew. */
  touch(owner: string, ids: readonly string[]): Promise<void>
  /** All that is in it goes too; the row ids of what was removed name its index files. */
  remove(owner: string, id: string): Promise<number[]>
  removeAll(owner: string): Promise<number[]>
  /** Of everyone. */
  removeExpired(): Promise<number[]>
  /** Of everyone: whose index files may be on the disk. */
  rowIds(): Promise<number[]>
}

const columns = {
  id: collections.id,
  name: collections.name,
  description: collections.description,
  metadata: collections.metadata,
  expiresAfterDays: collections.expiresAfterDays,
  lastActiveAt: collections.lastActiveAt,
  createdAt: collections.createdAt,
}

const dayMs = 86_400_000
/** Each may have index files. */
const mostCollections = 1000

export function createCollectionRows(db: ToolsStore): CollectionRows {
  return {
    create: (owner, collection, options) =>
      db.write(() =>
        insertOne(db, { owner, collection, uniqueName: options?.uniqueName ?? false }),
      ),
    any: (owner) =>
      db.read(() => {
        const one = db.orm.select({ id: collections.id }).from(collections)
        return (
          one
            .where(and(eq(collections.owner, owner), isLive(db)))
            .limit(1)
            .get() !== undefined
        )
      }),
    get: (owner, id) => db.read(() => selectOne(db, ownedCollection(db, owner, id))),
    find: (owner, name) =>
      db.read(() =>
        selectOne(db, and(eq(collections.owner, owner), eq(collections.name, name), isLive(db))),
      ),
    list: (owner, query) => db.read(() => selectPage(db, owner, query)),
    update: (owner, id, change) =>
      db.write(() => updateOne(db, ownedCollection(db, owner, id), change)),
    touch: (owner, ids) =>
      db.write(() => {
        for (const id of ids) {
          const owned = ownedCollection(db, owner, id)
          db.orm.update(collections).set({ lastActiveAt: db.now() }).where(owned).run()
        }
      }),
    remove: (owner, id) =>
      db.write(() => deleteWhere(db, and(eq(collections.id, id), eq(collections.owner, owner)))),
    removeAll: (owner) => db.write(() => deleteWhere(db, eq(collections.owner, owner))),
    removeExpired: () => db.write(() => deleteWhere(db, sql`not (${isLive(db)})`)),
    rowIds: () =>
      db.read(() =>
        db.orm
          .select({ rowId: collections.rowId })
          .from(collections)
          .all()
          .map(({ rowId }) => rowId),
      ),
  }
}

/** What has expired is not there, whether it was swept or not. */
function isLive(db: ToolsStore): SQL {
  return sql`(${collections.expiresAfterDays} is null
    or ${collections.lastActiveAt} + ${collections.expiresAfterDays} * ${dayMs} > ${db.now()})`
}

export function ownedCollection(db: ToolsStore, owner: string, id: string): SQL | undefined {
  return and(eq(collections.id, id), eq(collections.owner, owner), isLive(db))
}

function insertOne(
  db: ToolsStore,
  {
    owner,
    collection,
    uniqueName,
  }: { owner: string; collection: NewCollection; uniqueName: boolean },
): StoredCollection | undefined {
  const named = and(eq(collections.owner, owner), eq(collections.name, collection.name), isLive(db))
  if (uniqueName && selectOne(db, named)) return undefined
  if (countOf(db, owner) >= mostCollections) throw new AppError('collection_quota_exceeded')
  const { id } = db.orm
    .insert(collections)
    .values({
      id: newId('vs'),
      owner,
      name: collection.name,
      description: collection.description ?? '',
      metadata: collection.metadata ?? {},
      expiresAfterDays: collection.expiresAfterDays ?? null,
      lastActiveAt: db.now(),
      generation: 0,
      createdAt: db.now(),
    })
    .returning({ id: collections.id })
    .get()
  return selectOne(db, eq(collections.id, id))
}

function countOf(db: ToolsStore, owner: string): number {
  const count = db.orm
    .select({ count: sql<number>`count(*)` })
    .from(collections)
    .where(eq(collections.owner, owner))
    .get()
  return count?.count ?? 0
}

function selectOne(db: ToolsStore, where: SQL | undefined): StoredCollection | undefined {
  const row = db.orm
    .select({ ...columns, rowId: collections.rowId })
    .from(collections)
    .where(where)
    .orderBy(asc(collections.rowId))
    .limit(1)
    .get()
  return row && withCounts(db, row)
}

function withCounts(
  db: ToolsStore,
  { rowId, ...row }: Omit<StoredCollection, 'bytes' | 'documents'> & { rowId: number },
): StoredCollection {
  const groups = db.orm
    .select({
      status: documents.status,
      count: sql<number>`count(*)`,
      bytes: sql<number>`sum(${documents.bytes})`,
    })
    .from(documents)
    .where(eq(documents.collectionRow, rowId))
    .groupBy(documents.status)
    .all()
  const counts = { in_progress: 0, completed: 0, failed: 0, cancelled: 0 }
  for (const { status, count } of groups) counts[status] = count
  return { ...row, documents: counts, bytes: groups.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function selectPage(
  db: ToolsStore,
  owner: string,
  { name, ...query }: CollectionQuery,
): { collections: StoredCollection[]; hasMore: boolean } {
  const owned = and(eq(collections.owner, owner), isLive(db))
  const page = toPage(query, {
    createdAt: collections.createdAt,
    rowId: collections.rowId,
    placeOf: (id) =>
      db.orm
        .select({ createdAt: collections.createdAt, rowId: collections.rowId })
        .from(collections)
        .where(and(owned, eq(collections.id, id)))
        .get(),
  })
  const isNamed = name === undefined ? undefined : eq(collections.name, name)
  const found = db.orm
    .select({ ...columns, rowId: collections.rowId })
    .from(collections)
    .where(and(owned, isNamed, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
    .all()
  const { rows, hasMore } = page.cut(found)
  return { collections: rows.map((row) => withCounts(db, row)), hasMore }
}

function updateOne(
  db: ToolsStore,
  where: SQL | undefined,
  { name, description, metadata, expiresAfterDays }: Partial<NewCollection>,
): StoredCollection | undefined {
  const updated = db.orm
    .update(collections)
    .set({
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(metadata !== undefined && { metadata }),
      ...(expiresAfterDays !== undefined && { expiresAfterDays }),
      lastActiveAt: db.now(),
    })
    .where(where)
    .returning({ id: collections.id })
    .get()
  return updated && selectOne(db, eq(collections.id, updated.id))
}

function deleteWhere(db: ToolsStore, where: SQL | undefined): number[] {
  return db.orm
    .delete(collections)
    .where(where)
    .returning({ rowId: collections.rowId })
    .all()
    .map(({ rowId }) => rowId)
}
