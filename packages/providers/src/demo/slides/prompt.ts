/** What a request for slides says, by its labels. */

export interface Passage {
  /** From 1; undefined where the passage has no number. */
  number?: number | undefined
  text: string
}

/** The value of `Label: …`, up to the next label or an empty line. */
export function labelled(prompt: string, label: string): string | undefined {
  const pattern = new RegExp(
    String.raw`^${label}: ([\s\S]*?)(?=\n(?:Slides to plan|Language|Today|Presentation|Layout|Points|This slide|Its slides)\b|\n\n|$(?![\s\S]))`,
    'm',
  )
  return pattern.exec(prompt)?.[1]?.trim()
}

export function pointsIn(prompt: string): string[] {
  const [, list = ''] = /^Points:\n((?:- .*(?:\n|$))+)/m.exec(prompt) ?? []
  return list
    .split('\n')
    .map((row) => row.replace(/^- /, '').trim())
    .filter(Boolean)
}

export function passagesIn(prompt: string): Passage[] {
  const [, inside = ''] = /<material>\n([\s\S]*)\n<\/material>/.exec(prompt) ?? []
  return inside
    .split(/\n\n+/)
    .filter((part) => part.trim())
    .map((part) => {
      const [, number, text] = /^\[(\d+)\] [^\n]*\n([\s\S]*)$/.exec(part) ?? []
      return number === undefined ? { text: part } : { number: Number(number), text: text ?? '' }
    })
}
