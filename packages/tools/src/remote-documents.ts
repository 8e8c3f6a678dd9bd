import { attachmentsResponseSchema, type Attachment, type ServiceClaims } from '@tandem/schemas'
import type { Connection } from './connection.ts'
import { callJson } from './remote-http.ts'

interface Abortable {
  signal: AbortSignal
}

/** What is in a user's files, for models to be told. All throw AppError: `file_not_found`, `tools_unavailable`, … */
export interface DocumentsClient {
  /** One for each id, in this order; a file that cannot be read says why. */
  describe(
    claims: ServiceClaims,
    fileIds: readonly string[],
    options: Abortable,
  ): Promise<Attachment[]>
  /** Keeps bytes as a file: with the claims' session, or for a day. The same bytes and name again are the same file. */
  addInline(
    claims: ServiceClaims,
    file: { name: string; bytes: Buffer },
    options: Abortable,
  ): Promise<Attachment[]>
}

export function createDocumentsClient(connection: Connection): DocumentsClient {
  return {
    async describe(claims, fileIds, { signal }) {
      const body = JSON.stringify({ file_ids: fileIds })
      const call = { method: 'POST', path: '/attachments', claims, body } as const
      return (await callJson(connection, { ...call, schema: attachmentsResponseSchema }, signal))
        .attachments
    },
    async addInline(claims, { name, bytes }, { signal }) {
      const path = `/attachments/inline?${new URLSearchParams({ name }).toString()}`
      const call = { method: 'POST', path, claims, body: bytes } as const
      return (await callJson(connection, { ...call, schema: attachmentsResponseSchema }, signal))
        .attachments
    },
  }
}
