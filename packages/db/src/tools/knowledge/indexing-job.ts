/** What is indexed, step by step. */
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { collections } from '../schema/collections.ts'
import { documents, documentSources } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import type { DocumentErrorCode } from './document.ts'

export interface ChunkPlace {
  page?: number | undefined
  heading?: string | undefined
  sheet?: string | undefined
  line?: number | undefined
}

export interface NewChunk {
  text: string
  place: ChunkPlace
  /** SHA-256 of what is embedded. */
  hash: Buffer
}

/** A document to be indexed. `version` changes each time that it is added: steps for an older one do nothing. */
export interface IndexingJob {
  documentRow: number
  collectionRow: number
  collectionId: string
  owner: string
  version: string
  title: string
  chunkSize: number
  chunkOverlap: number
  /** Where its text comes from a file. */
  fileId: string | null
  /** Whether its chunks are staged. */
  cut: boolean
}

/** Why a document cannot be indexed. */
export interface IndexingFailure {
  message: string
  code: DocumentErrorCode
}

export interface PendingChunk {
  rowId: number
  title: string
  text: string
  place: ChunkPlace
}

export interface NewVector {
  rowId: number
  vector: Uint8Array
}

/** Also of the same text, which may have been cancelled and added again, and what was staged of it dropped. */
const version = sql<string>`${documents.contentHash} || ' ' || ${documents.updatedAt}`

/** The one that waits longest, of another owner than `after` where there is one. */
export function selectNext(
  db: ToolsStore,
  after: string | undefined,
  { parsed }: { parsed: boolean },
): IndexingJob | undefined {
  return db.orm
    .select({
      documentRow: documents.rowId,
      collectionRow: documents.collectionRow,
      collectionId: collections.id,
      owner: collections.owner,
      version,
      title: documents.title,
      chunkSize: documents.chunkSize,
      chunkOverlap: documents.chunkOverlap,
      fileId: documents.fileId,
      cut: sql<number>`${documents.chunksTotal} > 0`.mapWith(Boolean),
    })
    .from(documents)
    .innerJoin(collections, eq(collections.rowId, documents.collectionRow))
    .leftJoin(documentSources, eq(documentSources.documentRow, documents.rowId))
    .where(
      and(
        eq(documents.status, 'in_progress'),
        parsed ? isNotNull(documentSources.documentRow) : isNull(documentSources.documentRow),
      ),
    )
    .orderBy(
      sql`${collections.owner} = ${after ?? ''}`,
      asc(documents.updatedAt),
      asc(documents.rowId),
    )
    .limit(1)
    .get()
}

/** The document is still to be indexed, and its text is the one that the job is for. */
export function isCurrent(db: ToolsStore, job: IndexingJob): boolean {
  const current = db.orm
    .select({ rowId: documents.rowId })
    .from(documents)
    .where(
      and(
        eq(documents.rowId, job.documentRow),
        eq(version, job.version),
        eq(documents.status, 'in_progress'),
      ),
    )
    .get()
  return current !== undefined
}
