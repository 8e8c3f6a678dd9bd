/** Pages of lists that are in the order of their creation. */
import { and, asc, desc, eq, gt, lt, or, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

export interface PageQuery {
  order: 'asc' | 'desc'
  limit: number
  /** The id of the last one of the page before. */
  after?: string | undefined
  /** The id of the first one of the page after. */
  before?: string | undefined
}

export interface Place {
  createdAt: number
  rowId: number
}

interface Listed {
  createdAt: SQLiteColumn
  rowId: SQLiteColumn
  /** Undefined where there is no such thing in the list: then the page is empty. */
  placeOf(id: string): Place | undefined
}

export interface Page {
  where: SQL | undefined
  orderBy: SQL[]
  /** One more than asked for, which tells that there is more. */
  limit: number
  cut<Row>(found: Row[]): { rows: Row[]; hasMore: boolean }
}

/** Without `after`, the page before an id is the one that ends there: it is read backwards. */
export function toPage({ order, limit, after, before }: PageQuery, listed: Listed): Page {
  const isBackwards = before !== undefined && after === undefined
  const isUpwards = (order === 'asc') !== isBackwards
  const direction = isUpwards ? asc : desc
  return {
    where: and(
      after === undefined ? undefined : beyond(listed, after, order === 'asc' ? gt : lt),
      before === undefined ? undefined : beyond(listed, before, order === 'asc' ? lt : gt),
    ),
    orderBy: [direction(listed.createdAt), direction(listed.rowId)],
    limit: limit + 1,
    cut(found) {
      const rows = found.slice(0, limit)
      return { rows: isBackwards ? rows.toReversed() : rows, hasMore: found.length > limit }
    },
  }
}

function beyond(
  { createdAt, rowId, placeOf }: Listed,
  id: string,
  past: typeof gt,
): SQL | undefined {
  const place = placeOf(id)
  if (!place) return sql`0`
  const sameTime = and(eq(createdAt, place.createdAt), past(rowId, place.rowId))
  return or(past(createdAt, place.createdAt), sameTime)
}
