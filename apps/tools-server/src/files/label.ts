/** What a file is called: a label for people, which never becomes a path. */

const maxBytes = 200
/** Controls, and marks that turn the direction of text or cannot be seen. */
const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** The last part of whatever a caller calls a file, without what could fool a reader; never empty, `.` or `..`. */
export function toLabel(name: string): string {
  const last = name.toWellFormed().replaceAll('\\', '/').split('/').at(-1) ?? ''
  const seen = last.normalize('NFC').replaceAll(unseen, '').trim()
  return /^\.*$/.test(seen) ? 'file' : shorten(seen)
}

/** Keeps the extension, by which people and programs know what it is. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= maxBytes) return name
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? ''
  const room = maxBytes - extension.length
  const stem = Buffer.from(name.slice(0, name.length - extension.length)).subarray(0, room)
  return `${stem.toString('utf8').replace(/\uFFFD+$/, '')}${extension}`
}
