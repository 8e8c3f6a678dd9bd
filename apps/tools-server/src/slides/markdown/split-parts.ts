/** Marp Markdown as its parts: the front matter, and one text a slide. */

export interface MarkdownParts {
  /** The front matter's `key: value` lines; keys in small letters. */
  settings: ReadonlyMap<string, string>
  slides: string[]
}

const ruler = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/
const fence = /^ {0,3}(`{3,}|~{3,})/

/**
 * A line of `---` always parts two slides, also right below a text, where CommonMark would take the text for a heading: five
 * parts are five slides. Not in code and not in comments. With `headingDivider: 2` headings down to that level part them too.
 */
export function splitParts(markdown: string): MarkdownParts {
  const { settings, body } = splitFrontMatter(markdown.replaceAll(/\r\n?/g, '\n'))
  const divider = Number(settings.get('headingdivider') ?? 0)
  const slides: string[][] = [[]]
  const scan = createScan()
  for (const line of body.split('\n')) {
    const isOpen = scan(line)
    const isHeading = !isOpen && headingLevel(line) <= divider
    if (!isOpen && ruler.test(line)) slides.push([])
    else {
      if (isHeading && slides.at(-1)?.some((each) => each.trim())) slides.push([])
      slides.at(-1)?.push(line)
    }
  }
  const texts = slides.map((lines) => lines.join('\n'))
  return {
    settings,
    slides: texts.filter((text, at) => text.trim() || (at > 0 && at < texts.length - 1)),
  }
}

function headingLevel(line: string): number {
  return /^ {0,3}(#{1,6})\s/.exec(line)?.[1]?.length ?? Infinity
}

/** Tells of each line whether it lies within code or a comment. */
function createScan(): (line: string) => boolean {
  let open: string | undefined
  let inComment = false
  return (line) => {
    if (inComment) {
      inComment = !line.includes('-->')
      return true
    }
    const mark = fence.exec(line)?.[1]
    if (open !== undefined) {
      if (mark?.startsWith(open) && line.trim() === mark) open = undefined
      return true
    }
    if (mark !== undefined) {
      open = mark
      return true
    }
    const from = line.lastIndexOf('<!--')
    inComment = from >= 0 && !line.includes('-->', from)
    return inComment
  }
}

const keyed = /^([\w$-]+)\s*:\s*(.*?)\s*$/

function splitFrontMatter(markdown: string): {
  settings: ReadonlyMap<string, string>
  body: string
} {
  const text = markdown.replace(/^\uFEFF?\s*\n*/, '')
  const match = /^---[ \t]*\n([\s\S]*?)\n---[ \t]*(?:\n|$)/.exec(text)
  const rows = match?.[1]?.split('\n') ?? []
  const isFrontMatter =
    rows.some((row) => keyed.test(row)) && rows.every((row) => /^\s|^#|^$|^[\w$-]+\s*:/.test(row))
  if (!match || !isFrontMatter) return { settings: new Map(), body: text }
  const pairs = rows.flatMap((row) => {
    const [, key, value] = keyed.exec(row) ?? []
    return key === undefined || !value ? [] : [[key.toLowerCase(), unquoted(value)] as const]
  })
  return { settings: new Map(pairs), body: text.slice(match[0].length) }
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2')
}
