import type { ToolResult } from '@tandem/schemas'

const defaultMaxBytes = 16 * 1024

/** A result that the model reads as `content` (bounded by `boundText`); the rest where there is any. */
export function textResult(content: string, rest: Partial<ToolResult> = {}): ToolResult {
  return { artifacts: [], citations: [], ...rest, content: boundText(content) }
}

/** A failure that the model can read; `retryable` when the same call may succeed later. */
export function errorResult(
  code: string,
  content: string,
  { retryable = false }: { retryable?: boolean } = {},
): ToolResult {
  return textResult(content, { error: { code, retryable } })
}

/**
 * At most `maxBytes` of UTF-8: of longer text the head and the tail, and between them how much is left out. Programs put
 * their errors last, so a third is kept for the tail.
 */
export function boundText(text: string, maxBytes: number = defaultMaxBytes): string {
  // No character takes more than three bytes for each of its units in UTF-16.
  if (text.length * 3 <= maxBytes) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  const mark = `\n[… ${bytes.length} bytes in all, the middle is left out …]\n`
  const room = maxBytes - Buffer.byteLength(mark)
  if (room <= 0) return bytes.subarray(0, characterStart(bytes, maxBytes)).toString()
  const head = bytes.subarray(0, characterStart(bytes, Math.ceil((room * 2) / 3)))
  const tail = bytes.subarray(characterEnd(bytes, bytes.length - Math.floor(room / 3)))
  return `${head.toString()}${mark}${tail.toString()}`
}

/** Bytes `10xxxxxx` go on with a character of UTF-8; a cut before one moves to that character's start… */
function characterStart(bytes: Buffer, at: number): number {
  let index = at
  while (index > 0 && isContinuation(bytes[index])) index -= 1
  return index
}

/** …or to its end. */
function characterEnd(bytes: Buffer, at: number): number {
  let index = at
  while (index < bytes.length && isContinuation(bytes[index])) index += 1
  return index
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
