import type { Session, StoredMessage } from '@tandem/db'
import type { ContentPart, SessionMessage, SessionSummary } from '@tandem/schemas'
import { mapMedia, parseReference, type MediaPart } from '../../chat/session/media-parts.ts'
import type { LinkedFile } from '../../files/file-links.ts'

/** A stored session as callers read it. */
export function toSummary({
  id,
  title,
  messageCount,
  createdAt,
  updatedAt,
}: Session): SessionSummary {
  return {
    id,
    title,
    message_count: messageCount,
    created_at: toTime(createdAt),
    updated_at: toTime(updatedAt),
  }
}

/** The message as it was stored, and what is known of it; what lies in files is told by ids and links to them. */
export function toHistoryMessage(
  { message, status, model, usage, createdAt }: StoredMessage,
  toLink: (file: LinkedFile) => string,
): SessionMessage {
  const [shown = message] = mapMedia([message], (media) => showMedia(media, toLink))
  return {
    ...shown,
    created_at: toTime(createdAt),
    ...(status !== 'complete' && { status }),
    ...(model !== null && { model }),
    ...(usage !== null && { usage }),
  }
}

export function toTime(ms: number): string {
  return new Date(ms).toISOString()
}

function showMedia(media: MediaPart, toLink: (file: LinkedFile) => string): ContentPart {
  const reference = parseReference(media.data)
  if (!reference) return media.part
  const { fileId } = reference
  const isImage = media.part.type === 'image_url'
  const link = isImage ? toLink({ id: fileId, name: 'image' }) : undefined
  return media.with(link, { file_id: fileId })
}
