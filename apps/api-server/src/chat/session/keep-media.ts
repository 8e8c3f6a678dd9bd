/** What is long in a session's messages lies in files of the session: the database has references to them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError, newFileId, type ContentPart, type Message } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import {
  decodeMedia,
  findMedia,
  mapMedia,
  parseReference,
  toReference,
  type MediaPart,
  type MediaReference,
} from './media-parts.ts'
import { readBase64 } from './read-base64.ts'

export interface MediaContext {
  owner: string
  sessionId: string
  deps: Pick<Deps, 'db' | 'toolsServer'>
  signal: AbortSignal
}

export interface KeptMessages {
  /** What is stored of them. */
  messages: Message[]
  /** Files that were made for it, which go again unless `messages.startExchange` keeps them. */
  fileIds: string[]
}

/** Characters. What is shorter is no burden to the database. */
const longFrom = 64 * 1024
/** Long enough for all that a request brings to be stored. */
const plannedMs = 600_000

/**
 * Moves long data into files, one after the other.
 * @param kept parts that are files of the session already, and which
 * @throws AppError `file_quota_exceeded`, `request_too_large`, `tools_unavailable`, `storage_unavailable`
 */
export async function keepMedia(
  messages: readonly Message[],
  kept: ReadonlyMap<ContentPart, string> | undefined,
  context: MediaContext,
): Promise<KeptMessages> {
  const references = new Map<ContentPart, string>()
  const fileIds: string[] = []
  for (const media of findMedia(messages)) {
    const decoded = media.data.length < longFrom ? undefined : decodeMedia(media.data)
    if (!decoded) continue
    const { head, bytes } = decoded
    const known = kept?.get(media.part)
    const fileId = known ?? newFileId()
    if (known === undefined) {
      const name = nameOf(media, { head, count: fileIds.length + 1 })
      await putFile({ id: fileId, name, bytes }, context)
      fileIds.push(fileId)
    }
    references.set(media.part, toReference({ head, fileId }))
    // Each takes some milliseconds, between which others have their turn.
    await nextTurn()
  }
  if (references.size === 0) return { messages: [...messages], fileIds }
  const replaced = mapMedia(messages, (media) => {
    const reference = references.get(media.part)
    return reference === undefined ? media.part : media.with(reference)
  })
  return { messages: replaced, fileIds }
}

async function putFile(
  file: { id: string; name: string; bytes: Buffer },
  { owner, sessionId, deps, signal }: MediaContext,
): Promise<void> {
  const planned = { sessionId, fileId: file.id, delayMs: plannedMs }
  await deps.db.removals.plan(owner, planned)
  await deps.toolsServer.files.put({ sub: owner, session: sessionId }, file, { signal })
}

function nameOf({ part }: MediaPart, { head, count }: { head: string; count: number }): string {
  const inner = (part[part.type] ?? {}) as { filename?: unknown; format?: unknown }
  if (typeof inner.filename === 'string' && inner.filename !== '') return inner.filename
  const subtype = /^data:[\w.-]+\/([\w-]+)/.exec(head)?.[1]
  const extension = typeof inner.format === 'string' ? inner.format : (subtype ?? 'bin')
  return `${part.type === 'image_url' ? 'image' : part.type}-${count}.${extension}`
}

/**
 * Puts the data back where references stand, as the model read it first; where the file was removed, a word of it.
 * @throws AppError `tools_unavailable`
 */
export async function loadMedia(
  messages: readonly Message[],
  context: Pick<MediaContext, 'owner' | 'signal'> & { deps: Pick<Deps, 'toolsServer'> },
): Promise<Message[]> {
  const loaded = new Map<ContentPart, ContentPart>()
  for (const media of findMedia(messages)) {
    const reference = parseReference(media.data)
    if (!reference) continue
    const data = await loadFile(reference, context)
    const whole = data === undefined ? removed : media.with(data)
    loaded.set(media.part, whole)
    await nextTurn()
  }
  if (loaded.size === 0) return [...messages]
  return mapMedia(messages, ({ part }) => loaded.get(part) ?? part)
}

const removed: ContentPart = { type: 'text', text: '[A file was here, which has been removed.]' }

async function loadFile(
  { head, fileId }: MediaReference,
  { owner, deps, signal }: Parameters<typeof loadMedia>[1],
): Promise<string | undefined> {
  try {
    const { files } = deps.toolsServer
    const { headers, body } = await files.content({ sub: owner }, fileId, { signal })
    const bytes = Number(headers['content-length'])
    return await readBase64(body, { head, bytes })
  } catch (error) {
    if (error instanceof AppError && error.code === 'file_not_found') return undefined
    signal.throwIfAborted()
    if (error instanceof AppError) throw error
    throw new AppError('tools_unavailable', { cause: error, retryAfterMs: 2000 })
  }
}
