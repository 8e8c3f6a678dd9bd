/** Comments of Marp: directives, and what the speaker says. */

export interface Comments {
  /** The slide without them. */
  text: string
  notes: string
  /** `class`, `_class`, `layout`, by name without the underscore. */
  directives: ReadonlyMap<string, string>
}

const comment = /<!--([\s\S]*?)(?:-->|$)/g
const directive =
  /^\s*_?(class|layout|paginate|header|footer|theme|style|size|math|headingDivider|backgroundColor|backgroundImage|backgroundPosition|backgroundRepeat|backgroundSize|color|transition|marp|fit|auto-scaling)\s*:\s*(.*)$/i

/** Comments within code are code. */
export function takeComments(slide: string): Comments {
  const notes: string[] = []
  const directives = new Map<string, string>()
  const text = outsideCode(slide, (part) =>
    part.replaceAll(comment, (_, inside: string) => {
      const rows = inside.trim().split('\n')
      const found = rows.map((row) => directive.exec(row))
      if (found.every((match) => match !== null)) {
        for (const [, name = '', value = ''] of found)
          directives.set(name.toLowerCase(), value.trim())
      } else if (inside.trim()) notes.push(inside.trim())
      return ''
    }),
  )
  return { text, notes: notes.join('\n\n'), directives }
}

function outsideCode(text: string, change: (part: string) => string): string {
  const parts = text.split(/(^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ {0,3}\2[`~]*[ \t]*$)/m)
  // The pattern has two groups: text, code, fence, text, code, fence, text.
  return parts.map((part, at) => (at % 3 === 0 ? change(part) : at % 3 === 1 ? part : '')).join('')
}
