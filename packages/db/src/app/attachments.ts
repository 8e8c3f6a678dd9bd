/** Files that a session knows; the bytes are the tools server's. Every query names the owner. */
import type { Attachment } from '@tandem/schemas'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { owned } from './claims.ts'
import { ownerRow } from './owner.ts'
import { attachments } from './schema/attachments.ts'
import { sessions } from './schema/sessions.ts'

export interface Attachments {
  /** In the order in which they came. */
  list(owner: string, sessionId: string): Promise<Attachment[]>
  /** One that is there already is described anew. Nothing happens where there is no such session. */
  add(owner: string, sessionId: string, added: readonly Attachment[]): Promise<void>
  /** The file is gone: no session of its owner knows it any more. */
  forget(owner: string, fileId: string): Promise<void>
}

export function createAttachments(db: AppStore): Attachments {
  return {
    list: (owner, sessionId) => db.read(() => selectAll(db, owner, sessionId)),
    add: (owner, sessionId, added) => db.write(() => insert(db, { owner, sessionId, added })),
    forget: (owner, fileId) => db.write(() => remove(db, owner, fileId)),
  }
}

function selectAll(db: AppStore, owner: string, sessionId: string): Attachment[] {
  return db.orm
    .select({ content: attachments.content })
    .from(attachments)
    .innerJoin(sessions, eq(sessions.rowId, attachments.sessionRow))
    .where(owned(db, owner, sessionId))
    .orderBy(asc(attachments.rowId))
    .all()
    .map(({ content }) => content)
}

function insert(
  db: AppStore,
  { owner, sessionId, added }: { owner: string; sessionId: string; added: readonly Attachment[] },
): void {
  const session = db.orm
    .select({ rowId: sessions.rowId })
    .from(sessions)
    .where(owned(db, owner, sessionId))
    .get()
  if (!session || added.length === 0) return
  const createdAt = db.now()
  const rows = added.map((content) => ({
    sessionRow: session.rowId,
    fileId: content.file_id,
    content,
    createdAt,
  }))
  db.orm
    .insert(attachments)
    .values(rows)
    .onConflictDoUpdate({
      target: [attachments.sessionRow, attachments.fileId],
      set: { content: sql`excluded.content` },
    })
    .run()
}

function remove(db: AppStore, owner: string, fileId: string): void {
  const own = db.orm
    .select({ rowId: sessions.rowId })
    .from(sessions)
    .where(eq(sessions.ownerRow, ownerRow(db, owner)))
  db.orm
    .delete(attachments)
    .where(and(eq(attachments.fileId, fileId), inArray(attachments.sessionRow, own)))
    .run()
}
