/** The Markdown of one slide as blocks. */
import { marked, type Token, type Tokens } from 'marked'
import { AppError } from '@tandem/schemas'
import { plainText } from '../text/inline.ts'
import type { RawBlock } from './raw-block.ts'
import { readImage } from './read-image.ts'
import { readInline, unescaped, type Inline } from './inline.ts'

export interface SlideContent {
  headings: { level: number; text: string; afterBlocks: boolean }[]
  blocks: RawBlock[]
  /** What it links to, and the sources of a line such as `[1] A report · [2] A page`. */
  sources: { title: string; url?: string }[]
}

export function readBlocks(markdown: string, slide: number): SlideContent {
  const content: SlideContent = { headings: [], blocks: [], sources: [] }
  let heading: string | undefined
  const add = (block: RawBlock): void => {
    const last = content.blocks.at(-1)
    if (block.type === 'text' && last?.type === 'text' && heading === undefined) {
      last['text'] = `${String(last['text'])}\n\n${String(block['text'])}`
      return
    }
    content.blocks.push(
      heading === undefined ? block : { ...block, heading: heading.slice(0, 200) },
    )
    heading = undefined
  }
  const addInline = (inline: Inline, type = 'text'): void => {
    const sources = readSources(inline)
    content.sources.push(...(sources ?? inline.links))
    if (inline.text && !sources) add({ type, text: inline.text })
    for (const image of inline.images) add(readImage(image, slide))
  }

  for (const token of toTokens(markdown, slide)) {
    if (token.type === 'heading') {
      const { depth, tokens } = token as Tokens.Heading
      const { text, images, links } = readInline(tokens)
      const afterBlocks = content.blocks.length > 0
      const isFirst = content.headings.length < 2 && !afterBlocks
      content.headings.push({ level: depth, text: plainText(oneLine(text)), afterBlocks })
      content.sources.push(...links)
      if (!isFirst) heading = plainText(oneLine(text))
      for (const image of images) add(readImage(image, slide))
    } else readBlock(token, { add, addInline, slide })
  }
  if (heading !== undefined) add({ type: 'text', text: heading })
  return content
}

/** @throws AppError `invalid_request` where quotes or lists nest so deep that the parser gives up */
function toTokens(markdown: string, slide: number): Token[] {
  if (tooDeep.test(markdown)) throw tooMuch(`Slide ${slide} nests lists or quotes too deep`)
  if (markdown.length > longestSlide) {
    throw tooMuch(`Slide ${slide} has more than ${longestSlide} characters`)
  }
  try {
    return marked.lexer(withoutScripts(markdown), { gfm: true })
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw tooMuch(`Slide ${slide} nests lists or quotes too deep`, cause)
  }
}

/** The parser's time grows with the square of these. */
const longestSlide = 50_000
const tooDeep = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?){20,}|^(?:[ \t]{2}){60,}[-*+\d]/m

function tooMuch(why: string, cause?: unknown): AppError {
  return new AppError('invalid_request', {
    message: `${why}. Part it into several slides.`,
    param: 'markdown',
    cause,
  })
}

const numbered = /^\[\d{1,3}\] (.+)$/

/** The line that our own Markdown ends a slide with; undefined where it is any other. */
function readSources({ text, links }: Inline): SlideContent['sources'] | undefined {
  const parts = text.split(' · ')
  if (!parts.every((part) => numbered.test(part))) return undefined
  return parts.map((part) => {
    const url = links.find(({ title }) => title === part)?.url
    return { title: numbered.exec(part)?.[1] ?? part, ...(url !== undefined && { url }) }
  })
}

interface Sink {
  add(block: RawBlock): void
  addInline(inline: Inline, type?: string): void
  slide: number
}

function readBlock(token: Token, sink: Sink): void {
  switch (token.type) {
    case 'paragraph':
    case 'text':
      return sink.addInline(readInline('tokens' in token ? token.tokens : undefined, token.raw))
    case 'list':
      return readList(token as Tokens.List, sink)
    case 'code': {
      const { text, lang = '' } = token as Tokens.Code
      const language = /^[\w+#.-]{1,30}/.exec(lang)?.[0]
      if (text.trim()) sink.add({ type: 'code', code: text, ...(language && { language }) })
      return
    }
    case 'table':
      return readTable(token as Tokens.Table, sink)
    case 'blockquote':
      return readQuote(token as Tokens.Blockquote, sink)
    case 'html': {
      const text = unescaped(token.raw.replaceAll(/<[^>]*>/g, ' '))
        .replaceAll(/\s+/g, ' ')
        .trim()
      if (text) sink.add({ type: 'text', text })
      return
    }
    default:
  }
}

const deepest = 2

function readList(list: Tokens.List, sink: Sink): void {
  const items: { text: string; level: number }[] = []
  const later: Token[] = []
  const inlines: Inline[] = []
  const walk = ({ items: entries }: Tokens.List, level: number): void => {
    for (const { tokens, task, checked } of entries) {
      const inner = tokens.filter(({ type }) => type === 'list') as Tokens.List[]
      const own = tokens.filter(({ type }) => type === 'text' || type === 'paragraph')
      const read = own.map((each) =>
        readInline('tokens' in each ? each.tokens : undefined, each.raw),
      )
      const text = read
        .map((each) => oneLine(each.text))
        .filter(Boolean)
        .join(' ')
      inlines.push(...read)
      if (text)
        items.push({
          text: `${task ? (checked ? '☑ ' : '☐ ') : ''}${text}`,
          level: Math.min(level, deepest),
        })
      for (const each of inner) walk(each, level + 1)
      later.push(
        ...tokens.filter(
          ({ type }) => type === 'code' || type === 'table' || type === 'blockquote',
        ),
      )
    }
  }
  walk(list, 0)
  if (items.length > 0) sink.add({ type: 'bullets', items, numbered: list.ordered })
  for (const inline of inlines) sink.addInline({ ...inline, text: '' })
  for (const token of later) readBlock(token, sink)
}

function readTable({ header, rows }: Tokens.Table, sink: Sink): void {
  const columns = header.map(textOfCell)
  const cells = rows.map((row) => row.map(textOfCell))
  // A table without rows still says what its heads say.
  if (cells.length === 0) sink.add({ type: 'text', text: columns.join(', ') })
  else sink.add({ type: 'table', columns, rows: cells })
}

function textOfCell({ tokens }: Tokens.TableCell): string {
  return oneLine(readInline(tokens).text)
}

const author = /^(?:[—–―]|--?)\s*(.+)$/

/** A last line that begins with a dash says who said it. */
function readQuote({ tokens }: Tokens.Blockquote, sink: Sink): void {
  const inlines = tokens.map((token) =>
    readInline(
      'tokens' in token ? token.tokens : undefined,
      'text' in token ? String(token.text) : '',
    ),
  )
  const rows = inlines
    .flatMap(({ text }) => text.split('\n'))
    .map((row) => row.trim())
    .filter(Boolean)
  const by = rows.length > 1 ? author.exec(rows.at(-1) ?? '')?.[1] : undefined
  const text = (by === undefined ? rows : rows.slice(0, -1)).join(' ')
  if (text) sink.add({ type: 'quote', text, ...(by && { by }) })
  for (const inline of inlines) sink.addInline({ ...inline, text: '' })
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** What no reader of the slide would see. */
function withoutScripts(markdown: string): string {
  return markdown.replaceAll(/<(script|style|iframe|object|svg)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
}
