/** Results of tools as users read them: in snake_case, as all else on the wire. */
import type { Artifact, Citation, ToolResult, ToolTraits } from './tools.ts'

export interface WireArtifact {
  file_id: string
  name: string
  media_type: string
  bytes: number
}

export function toWireArtifact({ fileId, name, mediaType, bytes }: Artifact): WireArtifact {
  return { file_id: fileId, name, media_type: mediaType, bytes }
}

export interface WireCitation extends Omit<Citation, 'fileId' | 'collectionId' | 'documentId'> {
  file_id?: string
  collection_id?: string
  document_id?: string
}

export function toWireCitation(citation: Citation): WireCitation {
  const { fileId, collectionId, documentId, ...rest } = citation
  return {
    ...rest,
    ...(fileId !== undefined && { file_id: fileId }),
    ...(collectionId !== undefined && { collection_id: collectionId }),
    ...(documentId !== undefined && { document_id: documentId }),
  }
}

export interface WireResult extends Omit<ToolResult, 'artifacts' | 'citations'> {
  artifacts: WireArtifact[]
  citations: WireCitation[]
}

export function toWireResult(result: ToolResult): WireResult {
  return {
    ...result,
    artifacts: result.artifacts.map(toWireArtifact),
    citations: result.citations.map(toWireCitation),
  }
}

export function toWireTraits({
  readOnly,
  parallelSafe,
  idempotent,
  timeoutMs,
}: ToolTraits): object {
  return {
    read_only: readOnly,
    parallel_safe: parallelSafe,
    idempotent,
    timeout_ms: timeoutMs,
  }
}
