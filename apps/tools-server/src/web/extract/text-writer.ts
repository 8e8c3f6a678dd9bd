/** Puts pieces of text together: spaces collapse, blocks are apart by one empty line and never more. */
export interface TextWriter {
  text(piece: string): void
  /** Text whose spaces and line ends count. */
  verbatim(piece: string): void
  /** What comes next begins on a new line. */
  line(): void
  /** What comes next begins after an empty line. */
  block(): void
  toText(): string
}

export function createTextWriter(): TextWriter {
  const pieces: string[] = []
  let breaks = 0
  let space = false
  const push = (piece: string): void => {
    if (breaks > 0 && pieces.length > 0) pieces.push('\n'.repeat(breaks))
    else if (space && pieces.length > 0) pieces.push(' ')
    breaks = 0
    space = false
    pieces.push(piece)
  }
  return {
    text(piece) {
      const words = piece.replaceAll(/\s+/g, ' ')
      if (words.startsWith(' ')) space = true
      const core = words.trim()
      if (core === '') return
      push(core)
      space = words.endsWith(' ')
    },
    verbatim(piece) {
      if (piece !== '') push(piece)
    },
    line() {
      breaks = Math.max(breaks, 1)
    },
    block() {
      breaks = 2
    },
    toText: () => pieces.join(''),
  }
}
