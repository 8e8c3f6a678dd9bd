import { textOf, type Message } from '@tandem/schemas'

const longest = 80

/** One line from the first words of a user; undefined where there are none. */
export function toTitle(messages: readonly Message[]): string | undefined {
  const first = messages.find(({ role, content }) => role === 'user' && textOf(content).trim())
  if (!first) return undefined
  // A long text need not be searched to its end for a line of eighty characters.
  const line = textOf(first.content)
    .trimStart()
    .slice(0, 1000)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return cut(line).toWellFormed() || undefined
}

function cut(line: string): string {
  const characters = Array.from(line)
  if (characters.length <= longest) return line
  const head = characters.slice(0, longest - 1).join('')
  const endsWord = characters[longest - 1] === ' '
  const space = endsWord ? -1 : head.lastIndexOf(' ')
  // A first word that fills half the line and more is cut where the line ends.
  return `${(space > longest / 2 ? head.slice(0, space) : head).trimEnd()}…`
}
