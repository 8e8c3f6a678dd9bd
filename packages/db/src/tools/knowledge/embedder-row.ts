import { eq } from 'drizzle-orm'
import { embedders } from '../schema/chunks.ts'
import type { ToolsStore } from '../tools-store.ts'

export function rowOfEmbedder(db: ToolsStore, name: string): number {
  db.orm.insert(embedders).values({ name }).onConflictDoNothing().run()
  const row = db.orm
    .select({ rowId: embedders.rowId })
    .from(embedders)
    .where(eq(embedders.name, name))
    .get()
  return row?.rowId ?? 0
}
