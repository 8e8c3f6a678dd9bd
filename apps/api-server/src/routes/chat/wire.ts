import type { Session, StoredMessage } from '@tandem/db'
import type { SessionMessage, SessionSummary } from '@tandem/schemas'

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

/** The message as it was stored, and what is known of it. */
export function toHistoryMessage(stored: StoredMessage): SessionMessage {
  const { message, status, model, usage, createdAt } = stored
  return {
    ...message,
    created_at: toTime(createdAt),
    ...(status !== 'complete' && { status }),
    ...(model !== null && { model }),
    ...(usage !== null && { usage }),
  }
}

export function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
