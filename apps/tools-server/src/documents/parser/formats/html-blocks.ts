/** HTML as blocks below their headings, read as a stream: a table's row is a line, what is no text is left out. */
import { Parser } from 'htmlparser2'
import type { DocumentBlock } from '@tandem/schemas'
import { DocumentFault } from '../fault.ts'
import { createHeadingPath } from '../headings.ts'
import { toOneLine } from '../text.ts'

export interface HtmlText {
  /** Of its `<title>`, else of its first `<h1>`. */
  title: string | undefined
  headings: { level: number; text: string }[]
  blocks: DocumentBlock[]
}

const skipped = new Set(
  'script style noscript template svg math iframe object canvas select head'.split(' '),
)
const breaking = new Set(
  (
    'address article aside blockquote body br dd details div dl dt fieldset figcaption figure footer form header hr html ' +
    'li main nav ol p pre section summary table tbody tfoot thead tr ul caption h1 h2 h3 h4 h5 h6'
  ).split(' '),
)
/** Deeper markup is an attack: each of its ends looks for its beginning. */
const maxDepth = 2000

export function readHtml(html: string): HtmlText {
  const reader = createReader()
  let depth = 0
  const parser = new Parser({
    onopentag(name) {
      depth += 1
      if (depth > maxDepth) {
        const message = `The HTML is nested more than ${maxDepth} levels deep.`
        throw new DocumentFault('document_too_complex', { message })
      }
      reader.open(name)
    },
    onclosetag(name) {
      depth -= 1
      reader.close(name)
    },
    ontext: reader.text,
  })
  const step = 65_536
  for (let at = 0; at < html.length; at += step) parser.write(html.slice(at, at + step))
  parser.end()
  return reader.end()
}

interface Reader {
  open(name: string): void
  close(name: string): void
  text(text: string): void
  end(): HtmlText
}

function createReader(): Reader {
  const path = createHeadingPath()
  const found: HtmlText = { title: undefined, headings: [], blocks: [] }
  let text = ''
  let cells = 0
  let preformatted = 0
  let unseen = 0
  let title: string | undefined

  function flush(): void {
    const block = tidy(text)
    text = ''
    if (block === '') return
    const heading = path.path()
    found.blocks.push({ text: block, ...(heading !== undefined && { heading }) })
  }

  function endHeading(level: number): void {
    const heading = toOneLine(text)
    text = ''
    if (heading === '') return
    path.enter(level, heading)
    found.headings.push({ level, text: heading })
  }

  return {
    open(name) {
      if (name === 'title') title ??= ''
      if (skipped.has(name)) unseen += 1
      if (unseen > 0) return
      if (name === 'pre') preformatted += 1
      if (name === 'tr') cells = 0
      if (name === 'td' || name === 'th') text += cells++ > 0 ? ' | ' : ''
      // A cell's own paragraphs stay in its row.
      else if (breaking.has(name) && cells === 0) flush()
      else if (breaking.has(name)) text += name === 'tr' ? '\n' : ' '
    },
    close(name) {
      if (skipped.has(name)) unseen -= 1
      if (name === 'title' && title !== undefined) found.title ??= toOneLine(title)
      if (unseen > 0) return
      if (name === 'pre') preformatted -= 1
      const level = /^h([1-6])$/.exec(name)?.[1]
      if (name === 'tr') {
        cells = 0
        flush()
      } else if (cells > 0) return
      else if (level !== undefined) endHeading(Number(level))
      else if (breaking.has(name)) flush()
    },
    text(piece) {
      if (title !== undefined && found.title === undefined) title += piece
      if (unseen > 0) return
      text += preformatted > 0 ? piece : piece.replaceAll(/\s+/g, ' ')
    },
    end() {
      flush()
      const first = found.headings.find(({ level }) => level === 1)?.text
      return { ...found, title: found.title || first }
    },
  }
}

function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd().replaceAll(/ \| +/g, ' | '))
    .join('\n')
    .trim()
}
