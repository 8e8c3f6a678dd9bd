/** The sources of an answer as annotations, in the one form that clients of chat completions know. */
import type { Citation } from '@tandem/schemas'

export interface AnnotationsContext {
  /** The text that cites them by their numbers, as `[1]`. */
  answer: string
  /** Where a source can be read; undefined where it cannot. */
  address(citation: Citation): string | undefined
}

/**
 * One for each place where the answer names a source, and where it names none one for each source, without a place.
 * Numbers that no source has are left alone.
 */
export function toAnnotations(
  citations: readonly Citation[],
  { answer, address }: AnnotationsContext,
): object[] {
  const byNumber = new Map(citations.map((citation) => [citation.n, citation]))
  const cited = [...answer.matchAll(/\[(\d{1,4})\]/g)].flatMap(({ 0: marker, 1: n, index }) => {
    const citation = byNumber.get(Number(n))
    return citation ? [{ citation, start: index, end: index + marker.length }] : []
  })
  const places =
    cited.length > 0 ? cited : citations.map((citation) => ({ citation, start: 0, end: 0 }))
  return places.flatMap(({ citation, start, end }) => {
    const url = address(citation)
    if (url === undefined) return []
    const source = { url, title: titleOf(citation), start_index: start, end_index: end }
    return [{ type: 'url_citation', url_citation: { ...source, ...detailsOf(citation) } }]
  })
}

/** `Handbook, page 3`: two passages of one document are told apart. */
function titleOf({ title, page, heading }: Citation): string {
  if (page !== undefined) return `${title}, page ${page}`
  return heading === undefined ? title : `${title}, ${heading}`
}

/** Of ours: for programs that show more than a link. */
function detailsOf({ fileId, documentId, page, heading, quote }: Citation): object {
  return {
    ...(fileId !== undefined && { file_id: fileId }),
    ...(documentId !== undefined && { document_id: documentId }),
    ...(page !== undefined && { page }),
    ...(heading !== undefined && { heading }),
    ...(quote !== undefined && { quote }),
  }
}
