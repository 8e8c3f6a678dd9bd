import { AppError } from '@tandem/schemas'

export type PageKind = 'html' | 'text'

const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml'])
const textType =
  /^(text\/[\w.+-]+|application\/(json|xml|[\w.-]+\+(json|xml)|x-ndjson|yaml|x-yaml|toml))$/

/**
 * How a body is to be read, by its declared type, or by its first bytes where none is declared.
 * @throws AppError `page_unreadable` for what is no text.
 */
export function kindOf(contentType: string, bytes: Buffer): PageKind {
  const type = mediaTypeOf(contentType)
  if (htmlTypes.has(type)) return 'html'
  if (textType.test(type)) return 'text'
  if (type === '' && !bytes.subarray(0, 1024).includes(0))
    return bytes.subarray(0, 1024).toString('latin1').trimStart().startsWith('<') ? 'html' : 'text'
  throw unreadable(type)
}

/** Refuses by the header alone what `kindOf` would refuse, so that no film is downloaded first. */
export function refuseBinary(contentType: string): void {
  const type = mediaTypeOf(contentType)
  if (type !== '' && !htmlTypes.has(type) && !textType.test(type)) throw unreadable(type)
}

export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase()
}

function unreadable(type: string): AppError {
  return new AppError('page_unreadable', {
    message: `This is no page of text but ${type === '' ? 'something binary' : type.slice(0, 80)}.`,
  })
}
