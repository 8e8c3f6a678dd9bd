/** Keeps usage rows in memory for a moment, so that the hot path pays nothing and the disk sees one write for many. */
import { AppError, toAppError } from '@tandem/schemas'
import type { UsageRecord } from './usage.ts'

export interface UsageWriter {
  /** Never waits and never throws. Past the bound the row is dropped and counted. */
  record(record: UsageRecord): void
  /**
   * Resolves when all that was recorded is on the disk.
   * @throws AppError `storage_unavailable` where the storage stayed locked; the rows are kept and tried again.
   */
  flush(): Promise<void>
  /** Flushes and stops. Throws as `flush` does. */
  close(): Promise<void>
  /** Rows that were lost: past the bound, or refused by the database. */
  dropped(): number
}

export interface UsageWriterOptions {
  /** `AppDb.usage.insert`. */
  insert(records: readonly UsageRecord[]): Promise<void>
  /** The longest that a row waits in memory while the storage answers. */
  intervalMs?: number
  /** So many rows are not waited with. */
  batchRows?: number
  /** More are not kept: about 30 MB, or minutes of a locked database under full load. */
  maxPending?: number
  /** Told of each failed write; for the log. */
  onError?(error: AppError): void
}

/** A backlog is written in bigger pieces, but not in one that holds the lock for long. */
const largestBatch = 1000

export function createUsageWriter(options: UsageWriterOptions): UsageWriter {
  const { intervalMs = 1000, batchRows = 100, maxPending = 100_000 } = options
  const pending: UsageRecord[] = []
  let dropped = 0
  let failing = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let closed = false

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing ??= writePending(pending, options, (refused) => (dropped += refused)).then(
      () => settle(false),
      (error: unknown) => {
        settle(true)
        throw error
      },
    )
    return writing
  }

  function settle(failed: boolean): void {
    writing = undefined
    failing = failed
    if (pending.length > 0 && !closed) schedule()
  }

  function writeInBackground(): void {
    write().catch((error: unknown) => options.onError?.(toAppError(error)))
  }

  function schedule(): void {
    timer ??= setTimeout(writeInBackground, intervalMs)
  }

  async function flush(): Promise<void> {
    // What is being written may be older than the newest row.
    while (pending.length > 0) await write()
  }

  return {
    record(record) {
      if (closed || pending.length >= maxPending) {
        dropped += 1
        return
      }
      pending.push(record)
      if (writing) return
      // While the storage fails, the timer alone tries.
      if (pending.length >= batchRows && !failing) writeInBackground()
      else schedule()
    },
    flush,
    async close() {
      closed = true
      clearTimeout(timer)
      await flush()
    },
    dropped: () => dropped,
  }
}

/** Writes what is there now; rows leave `pending` only once they are on the disk. */
async function writePending(
  pending: UsageRecord[],
  options: UsageWriterOptions,
  onRefused: (rows: number) => void,
): Promise<void> {
  let left = pending.length
  while (left > 0) {
    const batch = pending.slice(0, Math.min(left, largestBatch))
    onRefused(await insertOrSift(options, batch))
    pending.splice(0, batch.length)
    left -= batch.length
  }
}

/** One row that the database refuses must not hold up the others: then they go one by one. Returns how many were refused. */
async function insertOrSift(
  options: UsageWriterOptions,
  batch: readonly UsageRecord[],
): Promise<number> {
  if (await accepted(options, batch)) return 0
  let refused = 0
  for (const record of batch) if (!(await accepted(options, [record]))) refused += 1
  return refused
}

async function accepted(
  { insert, onError }: UsageWriterOptions,
  records: readonly UsageRecord[],
): Promise<boolean> {
  try {
    await insert(records)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'storage_unavailable') throw error
    onError?.(toAppError(error))
    return false
  }
}
