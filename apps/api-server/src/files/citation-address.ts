import type { Citation } from '@tandem/schemas'
import type { FileLinks } from './file-links.ts'

/**
 * Where the source of an answer can be read: a page of the web, a file by a link that opens without a key, and a document
 * without a file where the API tells of it. Undefined where there is nothing to open.
 */
export function citationAddress(
  citation: Citation,
  { owner, fileLinks, publicUrl }: { owner: string; fileLinks: FileLinks; publicUrl: string },
): string | undefined {
  const { url, fileId, title, collectionId, documentId } = citation
  if (url !== undefined) return url
  if (fileId !== undefined) return fileLinks.create(owner, { id: fileId, name: title }).url
  if (collectionId === undefined || documentId === undefined) return undefined
  return `${publicUrl}/api/rag/collections/${collectionId}/documents/${documentId}`
}
