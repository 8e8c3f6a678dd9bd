/**
 * Pictures, sound and files in base64 inside of messages. In stored ones `@file-…` stands in the place of what is long: a
 * data URL whose bytes are in a file of the session.
 */
import { fileIdSchema, type ContentPart, type Message } from '@tandem/schemas'

export interface MediaPart {
  part: ContentPart
  /** A data URL, or base64 alone; in stored messages perhaps a reference. */
  data: string
  /** The same part with other data, and perhaps more fields. */
  with(data: string | undefined, more?: Record<string, unknown>): ContentPart
}

/** Which field of a part holds its bytes: of `image_url` its `url`, and so on. */
const dataFields: Readonly<Record<string, string>> = {
  image_url: 'url',
  input_audio: 'data',
  file: 'file_data',
}

/** The same messages with what `change` makes of each such part. Messages without any stay the same objects. */
export function mapMedia(
  messages: readonly Message[],
  change: (media: MediaPart) => ContentPart,
): Message[] {
  return messages.map((message) => {
    const { content } = message
    if (!Array.isArray(content) || !content.some(readMedia)) return message
    const changed = content.map((part) => {
      const media = readMedia(part)
      return media ? change(media) : part
    })
    return { ...message, content: changed }
  })
}

/** All of them, in reading order. */
export function findMedia(messages: readonly Message[]): MediaPart[] {
  return messages.flatMap(({ content }) =>
    Array.isArray(content) ? content.flatMap((part) => readMedia(part) ?? []) : [],
  )
}

function readMedia(part: ContentPart): MediaPart | undefined {
  const field = dataFields[part.type]
  if (field === undefined) return undefined
  const inner = part[part.type]
  // Some clients write `image_url: 'data:…'`.
  const members = typeof inner === 'string' ? { [field]: inner } : toMembers(inner)
  const { [field]: data, ...others } = members
  if (typeof data !== 'string') return undefined
  return {
    part,
    data,
    with: (given, more) => ({
      ...part,
      [part.type]: { ...others, ...(given !== undefined && { [field]: given }), ...more },
    }),
  }
}

function toMembers(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

const longestHead = 300
const headOf = /^data:[^,]*;base64,/i

/** Undefined where it is no base64, and would come back as something else. */
export function decodeMedia(data: string): { head: string; bytes: Buffer } | undefined {
  const head = headOf.exec(data.slice(0, longestHead))?.[0] ?? ''
  const base64 = data.slice(head.length)
  const bytes = Buffer.from(base64, 'base64')
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  // Node skips what is no base64: then less comes out than so many characters hold.
  const isWhole = bytes.length === ((base64.length - padding) * 3 - (padding % 3)) / 4
  return isWhole && base64.length % 4 === 0 ? { head, bytes } : undefined
}

export interface MediaReference {
  /** `data:image/png;base64,` or nothing. */
  head: string
  fileId: string
}

export function toReference({ head, fileId }: MediaReference): string {
  return `${head}@${fileId}`
}

/** No base64 has an `@`. */
export function parseReference(data: string): MediaReference | undefined {
  const at = data.length > longestHead + 100 ? -1 : data.lastIndexOf('@')
  if (at < 0) return undefined
  const [head, fileId] = [data.slice(0, at), data.slice(at + 1)]
  const isReference = (head === '' || headOf.test(head)) && fileIdSchema.safeParse(fileId).success
  return isReference ? { head, fileId } : undefined
}
