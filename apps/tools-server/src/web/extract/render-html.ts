import { Parser } from 'htmlparser2'
import { createTextWriter, type TextWriter } from './text-writer.ts'

export interface RenderOptions {
  /** Elements left out with all that is in them. */
  drop?: ReadonlySet<string>
  /** Only what is inside of such elements. */
  within?: ReadonlySet<string>
  /** What the addresses of links are relative to; without it links are their text alone. */
  linkBase?: string | undefined
}

export interface Rendered {
  title: string
  text: string
}

const never: ReadonlySet<string> = new Set(
  'script style noscript template svg math iframe object canvas select textarea button head title'.split(
    ' ',
  ),
)
const blocks: ReadonlySet<string> = new Set(
  'p div section article main header footer aside nav ul ol dl table blockquote pre figure hr form fieldset details h1 h2 h3 h4 h5 h6'.split(
    ' ',
  ),
)
const lines: ReadonlySet<string> = new Set(['br', 'tr', 'li', 'dt', 'dd', 'figcaption', 'summary'])

/** The parser's time grows with the square of the nesting; no page that is meant to be read comes near. */
const maxDepth = 5_000

/** HTML as text with a little Markdown (headings, lists, links); what is nested too deeply ends it. */
export function renderHtml(html: string, options: RenderOptions = {}): Rendered {
  const writer = createTextWriter()
  const state = { depth: 0, dropped: 0, within: 0, pre: 0, title: '', inTitle: false, link: '' }
  const { drop = never, within, linkBase } = options
  const isLeftOut = (name: string): boolean => never.has(name) || drop.has(name)
  const isShown = (): boolean => state.dropped === 0 && (!within || state.within > 0)
  const parser = new Parser({
    onopentag(name, attributes) {
      state.depth += 1
      if (state.depth > maxDepth) parser.pause()
      if (name === 'title' && state.title === '') state.inTitle = true
      if (isLeftOut(name)) state.dropped += 1
      if (within?.has(name)) state.within += 1
      if (name === 'pre') state.pre += 1
      if (!isShown()) return
      openElement(writer, name)
      if (name !== 'a' || linkBase === undefined) return
      state.link = toWebAddress(attributes['href'], linkBase)
      if (state.link) writer.text('[')
    },
    ontext(piece) {
      if (state.inTitle) state.title += piece
      if (!isShown()) return
      if (state.pre > 0) writer.verbatim(piece)
      else writer.text(piece)
    },
    onclosetag(name) {
      state.depth -= 1
      if (name === 'title') state.inTitle = false
      if (name === 'a' && state.link && isShown()) writer.verbatim(`](${state.link})`)
      if (name === 'a') state.link = ''
      if (isShown()) closeElement(writer, name)
      if (isLeftOut(name)) state.dropped -= 1
      if (within?.has(name)) state.within -= 1
      if (name === 'pre') state.pre -= 1
    },
  })
  parser.end(html)
  return { title: state.title.replaceAll(/\s+/g, ' ').trim(), text: writer.toText().trim() }
}

function openElement(writer: TextWriter, name: string): void {
  if (blocks.has(name)) writer.block()
  else if (lines.has(name)) writer.line()
  const level = /^h([1-6])$/.exec(name)?.[1]
  if (level !== undefined) writer.text(`${'#'.repeat(Number(level))} `)
  else if (name === 'li') writer.text('- ')
  else if (name === 'td' || name === 'th') writer.text(' | ')
}

function closeElement(writer: TextWriter, name: string): void {
  if (blocks.has(name)) writer.block()
  else if (lines.has(name)) writer.line()
}

function toWebAddress(href: string | undefined, base: string): string {
  const url = href === undefined || href.startsWith('#') ? null : URL.parse(href, base)
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : ''
}
