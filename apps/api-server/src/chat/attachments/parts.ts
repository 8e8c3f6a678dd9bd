/** Files in the parts of messages: OpenAI's `file`, and pictures that came as data URLs. */
import { AppError, type ContentPart, type Message } from '@tandem/schemas'

/** Where a part stands. */
export interface PartPlace {
  message: number
  part: number
}

/** A file of the user's by its id, or the bytes of one. */
export type NamedFile = { id: string } | { name: string; bytes: Buffer }

export interface FoundPart extends PartPlace {
  file: NamedFile
  /** The model reads it by itself as well, so it stays where it is. */
  stays: boolean
}

export interface PartsWanted {
  /** Parts that hold a whole file, other than pictures; not those that name one, which only we can read. */
  fileData: boolean
  /** Pictures in data URLs: they are kept as files, and stay for the model to see. */
  images: boolean
}

/** In reading order. @throws AppError `invalid_request` with the part's path */
export function findParts(messages: readonly Message[], wanted: PartsWanted): FoundPart[] {
  const found: FoundPart[] = []
  for (const [at, { content }] of messages.entries()) {
    if (!Array.isArray(content)) continue
    for (const [index, part] of content.entries()) {
      const place = { message: at, part: index }
      const file = part.type === 'file' ? readFilePart(part, place) : undefined
      if (file && ('id' in file || wanted.fileData)) found.push({ ...place, file, stays: false })
      const image = wanted.images && part.type === 'image_url' ? readImagePart(part) : undefined
      const name = `image-${found.length + 1}.${image?.type ?? ''}`
      if (image) found.push({ ...place, file: { name, bytes: image.bytes }, stays: true })
    }
  }
  return found
}

export function partAt(
  messages: readonly Message[],
  { message, part }: PartPlace,
): ContentPart | undefined {
  const content = messages[message]?.content
  return Array.isArray(content) ? content[part] : undefined
}

/** The same messages, each of these parts being text instead. Messages without any stay the same objects. */
export function replaceParts(
  messages: readonly Message[],
  texts: readonly (PartPlace & { text: string })[],
): Message[] {
  const byMessage = Map.groupBy(texts, ({ message }) => message)
  return messages.map((message, at) => {
    const own = byMessage.get(at)
    if (!own || !Array.isArray(message.content)) return message
    const content = message.content.map((part, index) => {
      const text = own.find((each) => each.part === index)?.text
      return text === undefined ? part : { type: 'text', text }
    })
    return { ...message, content }
  })
}

function readFilePart(part: ContentPart, place: PartPlace): NamedFile {
  const path = `messages[${place.message}].content[${place.part}].file`
  const file = (part['file'] ?? {}) as Record<string, unknown>
  const { file_id: id, file_data: data, filename } = file
  if (typeof id === 'string' && id !== '') return { id }
  if (typeof data !== 'string' || data === '') {
    throw invalid(path, 'a file part needs file.file_id or file.file_data')
  }
  const name = typeof filename === 'string' && filename !== '' ? filename : undefined
  const { bytes, extension } = decode(data, `${path}.file_data`)
  return { name: name ?? `attachment${extension}`, bytes }
}

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w.+-]+=[^;,]*)*;base64,/i
const extensions: Record<string, string> = {
  'application/json': '.json',
  'application/pdf': '.pdf',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/markdown': '.md',
  'text/plain': '.txt',
}

/** A data URL, or base64 alone. */
function decode(data: string, path: string): { bytes: Buffer; extension: string } {
  const head = dataUrl.exec(data.slice(0, 500))
  if (!head && data.startsWith('data:')) throw invalid(path, 'it is no data URL in base64')
  const base64 = data.slice(head?.[0].length ?? 0)
  const bytes = Buffer.from(base64, 'base64')
  // What is no base64 is skipped by Node: much less comes out than went in.
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  const expected = Math.floor(((base64.length - padding) * 3) / 4)
  if (bytes.length === 0 || bytes.length < expected * 0.9) throw invalid(path, 'it is no base64')
  return { bytes, extension: extensions[head?.[1]?.toLowerCase() ?? ''] ?? '' }
}

/** Other addresses are the model's to open. */
function readImagePart(part: ContentPart): { type: string; bytes: Buffer } | undefined {
  const image = part['image_url'] as { url?: unknown } | string | undefined
  const url = typeof image === 'string' ? image : image?.url
  if (typeof url !== 'string') return undefined
  const head = /^data:image\/([a-z0-9]+)[^,]{0,100};base64,/i.exec(url.slice(0, 200))
  const bytes = Buffer.from(url.slice(head?.[0].length ?? url.length), 'base64')
  return head?.[1] && bytes.length > 0 ? { type: head[1].toLowerCase(), bytes } : undefined
}

function invalid(param: string, why: string): AppError {
  return new AppError('invalid_request', { message: `Invalid '${param}': ${why}.`, param })
}
