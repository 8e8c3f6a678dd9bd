/** The headings above a place in a document. */

const maxChars = 300

export interface HeadingPath {
  /** A heading of level 1 to 6; it ends those of its level and below. */
  enter(level: number, text: string): void
  /** `Chapter > Section`; undefined above the first. */
  path(): string | undefined
}

export function createHeadingPath(): HeadingPath {
  const open: { level: number; text: string }[] = []
  return {
    enter(level, text) {
      while ((open.at(-1)?.level ?? 0) >= level) open.pop()
      if (text !== '') open.push({ level, text: text.slice(0, maxChars / 2).toWellFormed() })
    },
    path() {
      if (open.length === 0) return undefined
      return open
        .map(({ text }) => text)
        .join(' > ')
        .slice(0, maxChars)
        .toWellFormed()
    },
  }
}
