const maxBytes = 200
const maxDepth = 8
/** Control characters, bidirectional and invisible formatting, line separators, lone surrogates, the backslash. */
const refused = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\\]/u

/** Whether a path may name a file of a workspace: relative, plain, without `.` and `..`. */
export function isFileName(name: string): boolean {
  if (refused.test(name) || Buffer.byteLength(name) > maxBytes) return false
  const parts = name.split('/')
  return parts.length <= maxDepth && parts.every((part) => !/^(\.{0,2}|\s.*|.*\s)$/.test(part))
}
