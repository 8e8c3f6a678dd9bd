/** Bytes as text, and text in lines. */
import { DocumentFault } from './fault.ts'

/** UTF-8, UTF-16 with its mark, else Windows-1252, in which every byte is a character. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.includes(0)) {
    throw new DocumentFault('document_unsupported', {
      message: 'The file is binary: no text can be read from it.',
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

export function toLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** At most so many characters, cut where a reader would. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const cut = text.slice(0, maxChars).toWellFormed()
  const line = cut.lastIndexOf('\n')
  return `${line > maxChars / 2 ? cut.slice(0, line) : cut.replace(/\uFFFD$/, '')} …`
}

/** One line, without what cannot be seen. */
export function toOneLine(text: string, maxChars = 200): string {
  return cutText(text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), maxChars)
}
