/** A part of a text that fits beside the rest of a result. */
export interface Part {
  text: string
  /** Where the next part starts; undefined at the end. */
  next?: number
}

const maxBytes = 12 * 1024

/** From `start` at most 12 KiB, to the end of a line where one is near. */
export function cutPart(text: string, start: number): Part {
  const bytes = Buffer.from(text.slice(start, start + maxBytes))
  if (bytes.length <= maxBytes && start + maxBytes >= text.length)
    return { text: text.slice(start) }
  // Half a character at the cut is dropped by the stream mode.
  const fitting = new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true })
  const lineEnd = fitting.lastIndexOf('\n')
  const part = lineEnd > fitting.length * 0.8 ? fitting.slice(0, lineEnd + 1) : fitting
  return { text: part.trimEnd(), next: start + part.length }
}
