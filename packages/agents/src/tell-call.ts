import type { ToolCall } from '@tandem/schemas'

/** So much of a value is shown; what is left out is said. */
const mostCharacters = 4000

/** A call as a person reads it: in one line, but for texts of several lines, such as programs, which stand as they are. */
export function tellCall({ function: { name, arguments: text } }: ToolCall): string {
  const given = JSON.parse(text) as Record<string, unknown>
  const blocks = Object.entries(given).filter(([, value]) => isLong(value))
  if (blocks.length === 0) return `- \`${name}\` ${cut(text)}`
  const short = Object.entries(given).filter(([, value]) => !isLong(value))
  const rest = short.length > 0 ? ` ${cut(JSON.stringify(Object.fromEntries(short)))}` : ''
  const told = blocks.map(([key, value]) => `${key}:\n\n${fence(cut(String(value)))}`)
  return [`- \`${name}\`${rest}`, ...told].join('\n\n')
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\n')
}

function cut(text: string): string {
  const left = text.length - mostCharacters
  if (left <= 0) return text
  return `${text.slice(0, mostCharacters).toWellFormed()} … and ${left} characters more`
}

/** The fence is longer than any in the text, so that the text cannot end it and pretend to be something else. */
function fence(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
  const marks = '`'.repeat(longest + 1)
  return `${marks}\n${text}\n${marks}`
}
