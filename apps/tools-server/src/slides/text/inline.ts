/** `**bold**`, `*italic*` and `` `code` `` in a line of text; all else is as it stands. */

export interface Span {
  text: string
  bold?: boolean
  italic?: boolean
  code?: boolean
  /** A link, http or https. */
  url?: string
  /** `#RRGGBB`, where it is not the text’s own. */
  color?: string
}

const marked =
  /(`+)(.+?)\1|\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])/gu

export function parseInline(text: string): Span[] {
  const spans: Span[] = []
  let end = 0
  for (const match of text.matchAll(marked)) {
    if (match.index > end) spans.push({ text: text.slice(end, match.index) })
    const [whole, , code, bold, italic] = match
    if (code !== undefined) spans.push({ text: code, code: true })
    else if (bold !== undefined) spans.push({ text: bold, bold: true })
    else spans.push({ text: italic ?? whole, italic: true })
    end = match.index + whole.length
  }
  if (end < text.length) spans.push({ text: text.slice(end) })
  return spans
}

/** The text without its marks. */
export function plainText(text: string): string {
  return parseInline(text)
    .map((span) => span.text)
    .join('')
}

/** The other way round: spans as text with marks. */
export function toMarkedText(spans: readonly Span[]): string {
  return spans
    .map(({ text, bold, italic, code }) => {
      if (code === true) return `\`${text}\``
      const inner = text.trim()
      if (!inner || (bold !== true && italic !== true)) return text
      const mark = bold === true ? '**' : '*'
      return text.replace(inner, () => `${mark}${inner}${mark}`)
    })
    .join('')
}
