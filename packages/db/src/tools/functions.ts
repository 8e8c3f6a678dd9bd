/** Custom functions, stored as data by their owner. */
import { and, asc, eq, sql } from 'drizzle-orm'
import type { ToolsStore } from './tools-store.ts'
import { functions } from './schema/functions.ts'

export interface StoredFunction {
  name: string
  description: string
  /** A JSON Schema of the arguments. */
  parameters: Record<string, unknown>
  /** Python. */
  code: string
  createdAt: number
  updatedAt: number
}

export type NewFunction = Omit<StoredFunction, 'createdAt' | 'updatedAt'>

/** Every query names the owner. */
export interface FunctionRows {
  /** Replaces the owner's function of that name. Undefined where it would be one more than `max`. */
  save(owner: string, definition: NewFunction, max: number): Promise<SavedFunction | undefined>
  get(owner: string, name: string): Promise<StoredFunction | undefined>
  /** By name. */
  list(owner: string): Promise<StoredFunction[]>
  remove(owner: string, name: string): Promise<boolean>
  removeAll(owner: string): Promise<void>
}

export interface SavedFunction {
  function: StoredFunction
  replaced: boolean
}

const functionColumns = {
  name: functions.name,
  description: functions.description,
  parameters: functions.parameters,
  code: functions.code,
  createdAt: functions.createdAt,
  updatedAt: functions.updatedAt,
}

export function createFunctionRows(db: ToolsStore): FunctionRows {
  return {
    save: (owner, definition, max) => db.write(() => upsert(db, owner, { definition, max })),
    get: (owner, name) => db.read(() => selectOne(db, owner, name)),
    list: (owner) =>
      db.read(() =>
        db.orm
          .select(functionColumns)
          .from(functions)
          .where(eq(functions.owner, owner))
          .orderBy(asc(functions.name))
          .all(),
      ),
    remove: (owner, name) =>
      db.write(() => db.orm.delete(functions).where(owned(owner, name)).run().changes > 0),
    removeAll: (owner) =>
      db.write(() => {
        db.orm.delete(functions).where(eq(functions.owner, owner)).run()
      }),
  }
}

function owned(owner: string, name: string) {
  return and(eq(functions.owner, owner), eq(functions.name, name))
}

function selectOne(db: ToolsStore, owner: string, name: string): StoredFunction | undefined {
  return db.orm.select(functionColumns).from(functions).where(owned(owner, name)).get()
}

function upsert(
  db: ToolsStore,
  owner: string,
  { definition, max }: { definition: NewFunction; max: number },
): SavedFunction | undefined {
  const replaced = selectOne(db, owner, definition.name) !== undefined
  if (!replaced && countOf(db, owner) >= max) return undefined
  const now = db.now()
  const saved = db.orm
    .insert(functions)
    .values({ ...definition, owner, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: [functions.owner, functions.name],
      set: {
        description: definition.description,
        parameters: definition.parameters,
        code: definition.code,
        updatedAt: now,
      },
    })
    .returning(functionColumns)
    .get()
  return { function: saved, replaced }
}

function countOf(db: ToolsStore, owner: string): number {
  const counted = db.orm
    .select({ count: sql<number>`count(*)` })
    .from(functions)
    .where(eq(functions.owner, owner))
    .get()
  return counted?.count ?? 0
}
