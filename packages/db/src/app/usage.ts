/** What was spent, one row a request. Written and summed up in a worker; see `bulk-worker.ts`. */
import { and, eq, gte, lt, sql, sum, type SQL, type SQLWrapper } from 'drizzle-orm'
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

/** In the worker. */
export type UsageTable = Omit<Usage, 'insert'> & {
  /** `rows` as `toUsageRows` writes them. All in one transaction. */
  insertRows(rows: string): Promise<void>
}

export function createUsage(db: AppStore): UsageTable {
  const insert = prepareInsert(db)
  return {
    insertRows: (rows) => db.write(() => void insert.run(rows)),
    summarize: (owner, query) => db.read(() => summarize(db, query, eq(users.id, owner))),
    summarizeAll: (query) => db.read(() => summarize(db, query)),
  }
}

/** What a row keeps of a record, beside whose it is. */
const kept = [
  'keyId',
  'sessionId',
  'provider',
  'model',
  'promptTokens',
  'completionTokens',
  'cachedTokens',
  'reasoningTokens',
  'estimated',
  'latencyMs',
  'ttftMs',
  'status',
  'createdAt',
] as const

/** A JSON array of arrays: the user's id, then what is `kept`. One string is the cheapest to hand to another thread. */
export function toUsageRows(records: readonly UsageRecord[]): string {
  return JSON.stringify(
    records.map((record) => [record.userId, ...kept.map((name) => record[name])]),
  )
}

/**
 * SQLite reads the JSON itself: no row becomes an object in the worker, and one statement finds the users as well. Without
 * `MATERIALIZED` it would write out a row anew for each column (measured, of CPU a row: 4.4 µs, else 6.6; rows that travel
 * as objects and are bound one by one take 7.5).
 */
function prepareInsert({ orm }: AppStore): { run(rows: string): unknown } {
  const columns = kept.map((name) => usage[name].name)
  const values = kept.map((_, index) => `sent.value ->> ${index + 1}`)
  // `CROSS` keeps the rows in their order: SQLite goes through the left side first.
  return orm.$client.prepare(
    `WITH sent AS MATERIALIZED (SELECT value FROM json_each(?))
     INSERT INTO usage (user_row, ${columns.join(', ')})
     SELECT users.row_id, ${values.join(', ')}
     FROM sent CROSS JOIN users ON users.id = sent.value ->> 0`,
  )
}

const dayMs = 86_400_000

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
