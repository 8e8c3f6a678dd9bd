/** What was spent, one row a request. Written and summed up in a worker; see `bulk-worker.ts`. */
import {
  getTableColumns,
  and,
  eq,
  gte,
  inArray,
  lt,
  sql,
  sum,
  type SQL,
  type SQLWrapper,
} from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { usage } from './schema/usage.ts'
import { users } from './schema/users.ts'

export interface UsageRecord {
  userId: string
  keyId?: string | undefined
  sessionId?: string | undefined
  provider: string
  model: string
  promptTokens: number
  completionTokens: number
  cachedTokens: number
  reasoningTokens: number
  /** True where we counted because the provider did not say. */
  estimated: boolean
  latencyMs: number
  /** Time to the first token; none where nothing came. */
  ttftMs?: number | undefined
  /** The HTTP status that the caller got; 499 where it left before the end. */
  status: number
  createdAt: number
}

export type UsageGroup = 'day' | 'model' | 'user'

export interface UsageQuery {
  /** From this time on, up to but without `to`; milliseconds. */
  from: number
  to: number
  /** Any of them; none gives one sum. Days are UTC. */
  groupBy: readonly UsageGroup[]
}

export interface UsageSummary {
  /** `2026-11-21`; with `groupBy` day. */
  day?: string
  /** Both with `groupBy` model. */
  provider?: string
  model?: string
  /** Both with `groupBy` user. */
  userId?: string
  username?: string
  requests: number
  /** Of these, with a status from 400 on. */
  errors: number
  /** Of these, with estimated tokens. */
  estimated: number
  promptTokens: number
  completionTokens: number
  cachedTokens: number
  reasoningTokens: number
}

export interface Usage {
  /** All in one transaction. Those of users that are gone are left out. */
  insert(records: readonly UsageRecord[]): Promise<void>
  summarize(owner: string, query: UsageQuery): Promise<UsageSummary[]>
  /** Everyone's, for admins. */
  summarizeAll(query: UsageQuery): Promise<UsageSummary[]>
}

const dayMs = 86_400_000

/** Ids a statement, well below the number of parameters that SQLite takes. */
const chunkIds = 100

export function createUsage(db: AppStore): Usage {
  const insertRow = prepareInsert(db)
  return {
    insert: (records) =>
      db.write(() => {
        for (const row of withUserRows(db, records)) insertRow.run(row)
      }),
    summarize: (owner, query) => db.read(() => summarize(db, query, eq(users.id, owner))),
    summarizeAll: (query) => db.read(() => summarize(db, query)),
  }
}

/**
 * Drizzle says the statement, the driver runs it: drizzle's own way to bind values costs more than SQLite's to insert them
 * (measured: 9.6 µs a row, 3.8 as here).
 */
function prepareInsert({ orm }: AppStore): { run(row: Row): unknown } {
  const { rowId: _rowId, ...columns } = getTableColumns(usage)
  const placeholders = Object.keys(columns).map((name) => [name, sql.placeholder(name)])
  const insert = orm
    .insert(usage)
    .values(Object.fromEntries(placeholders) as typeof usage.$inferInsert)
    .toSQL()
  const binds = (insert.params as Bound[]).map(({ value: { name }, encoder }) => {
    return (row: Row): unknown => encoder.mapToDriverValue(row[name] ?? null)
  })
  const statement = orm.$client.prepare(insert.sql)
  return { run: (row) => statement.run(binds.map((bind) => bind(row))) }
}

type Row = Omit<typeof usage.$inferInsert, 'rowId'>

/** As drizzle lists a statement's placeholders. */
interface Bound {
  value: { name: keyof Row }
  encoder: { mapToDriverValue(value: unknown): unknown }
}

function withUserRows(db: AppStore, records: readonly UsageRecord[]): Row[] {
  const ids = [...new Set(records.map(({ userId }) => userId))]
  const rowOf = new Map(chunked(ids).flatMap((some) => selectUserRows(db, some)))
  return records.flatMap(({ userId, ...record }) => {
    const userRow = rowOf.get(userId)
    return userRow === undefined ? [] : [{ ...record, userRow }]
  })
}

function selectUserRows(db: AppStore, ids: readonly string[]): [string, number][] {
  return db.orm
    .select({ id: users.id, rowId: users.rowId })
    .from(users)
    .where(inArray(users.id, [...ids]))
    .all()
    .map(({ id, rowId }) => [id, rowId])
}

function chunked<T>(items: readonly T[]): T[][] {
  const chunks = Math.ceil(items.length / chunkIds)
  return Array.from({ length: chunks }, (_, at) => items.slice(at * chunkIds, (at + 1) * chunkIds))
}

/** Whole days since 1970: integer division, which databases agree on where their date functions do not. */
const dayNumber = sql<number>`${usage.createdAt} / ${sql.raw(String(dayMs))}`

const groups = {
  day: { day: dayNumber },
  model: { provider: usage.provider, model: usage.model },
  user: { userId: users.id, username: users.username },
}

const total = (column: SQLWrapper) => sql<number>`coalesce(${sum(column)}, 0)`.mapWith(Number)

const totals = {
  requests: sql<number>`count(*)`.mapWith(Number),
  errors: total(sql`case when ${usage.status} >= 400 then 1 else 0 end`),
  estimated: total(sql`case when ${usage.estimated} then 1 else 0 end`),
  promptTokens: total(usage.promptTokens),
  completionTokens: total(usage.completionTokens),
  cachedTokens: total(usage.cachedTokens),
  reasoningTokens: total(usage.reasoningTokens),
}

function summarize(db: AppStore, query: UsageQuery, owned?: SQL): UsageSummary[] {
  const { from, to, groupBy } = query
  const grouped = Object.assign({}, ...groupBy.map((group) => groups[group])) as Partial<
    (typeof groups)['day'] & (typeof groups)['model'] & (typeof groups)['user']
  >
  const keys = Object.values(grouped)
  const rows = db.orm
    .select({ ...grouped, ...totals })
    .from(usage)
    .innerJoin(users, eq(users.rowId, usage.userRow))
    .where(and(owned, gte(usage.createdAt, from), lt(usage.createdAt, to)))
    .groupBy(...keys)
    .orderBy(...keys)
    .all() as (Omit<UsageSummary, 'day'> & { day?: number })[]
  return rows.map(({ day, ...row }) => (day === undefined ? row : { day: toDay(day), ...row }))
}

function toDay(days: number): string {
  return new Date(days * dayMs).toISOString().slice(0, 10)
}
