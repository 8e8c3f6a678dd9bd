import LineBreaker from 'linebreak'
import { measureText, type FontStyle } from '../fonts/measure.ts'
import type { Span } from './inline.ts'

/** One line as it is set. */
export interface Line {
  spans: Span[]
  /** Points, without the blanks at its end. */
  width: number
  /** Where it ends in the text of its paragraph, in UTF-16 units. */
  end: number
}

/** Room left at the end of each line, since no two programs set a line quite alike. */
const slack = 0.97

/**
 * Breaks one paragraph into lines, where Unicode allows it (UAX #14); a word that is wider than a line is broken anywhere.
 * A newline in it is a break. Whoever has enough lines need not take the others.
 */
export function* wrapSpans(
  spans: readonly Span[],
  width: number,
  styleOf: (span: Span) => FontStyle,
): Generator<Line> {
  const room = width * slack
  let line = emptyLine(0)
  let isEmpty = true
  for (const piece of toPieces(spans)) {
    const seen = widthOf(withoutEndBlanks(piece.spans), styleOf)
    let mustClose = line.width > 0 && line.width + seen > room
    for (const part of seen > room ? breakAnywhere(piece.spans, room, styleOf) : [piece.spans]) {
      if (mustClose) {
        yield trimmed(line, styleOf)
        line = emptyLine(line.end)
      }
      append(line, part, widthOf(part, styleOf))
      line.end += lengthOf(part)
      mustClose = true
    }
    isEmpty = false
    if (piece.mustBreak) {
      line.end += 1
      yield trimmed(line, styleOf)
      line = emptyLine(line.end)
      isEmpty = true
    }
  }
  if (!isEmpty || spans.every(({ text }) => text === '')) yield trimmed(line, styleOf)
}

interface Piece {
  spans: Span[]
  mustBreak: boolean
}

/** The shortest pieces that a line can end after. */
function* toPieces(spans: readonly Span[]): Generator<Piece> {
  const text = spans.map((span) => span.text).join('')
  const breaker = new LineBreaker(text)
  let start = 0
  for (let next = breaker.nextBreak(); next; next = breaker.nextBreak()) {
    const piece = cutSpans(spans, start, next.position)
    const mustBreak = next.required === true && text[next.position - 1] === '\n'
    const clean = piece.map((span) => ({ ...span, text: span.text.replaceAll('\n', '') }))
    yield { spans: clean, mustBreak }
    start = next.position
  }
}

/** The part of the spans from one place of their text to another. */
export function cutSpans(spans: readonly Span[], from: number, to: number): Span[] {
  const parts: Span[] = []
  let at = 0
  for (const span of spans) {
    const part = span.text.slice(Math.max(from - at, 0), Math.max(to - at, 0))
    if (part) parts.push({ ...span, text: part })
    at += span.text.length
  }
  return parts
}

function* breakAnywhere(
  spans: readonly Span[],
  room: number,
  styleOf: (span: Span) => FontStyle,
): Generator<Span[]> {
  let part: Span[] = []
  let width = 0
  for (const span of spans) {
    for (const { segment } of graphemes.segment(span.text)) {
      const advance = measureText(segment, styleOf(span))
      if (width > 0 && width + advance > room) {
        yield part
        part = []
        width = 0
      }
      addSpan(part, { ...span, text: segment })
      width += advance
    }
  }
  if (part.length > 0) yield part
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

function emptyLine(end: number): Line {
  return { spans: [], width: 0, end }
}

function append(line: Line, spans: readonly Span[], width: number): void {
  for (const span of spans) addSpan(line.spans, span)
  line.width += width
}

/** Neighbours that look alike become one. */
function addSpan(spans: Span[], span: Span): void {
  const last = spans.at(-1)
  if (last && looksAlike(last, span)) last.text += span.text
  else spans.push({ ...span })
}

function looksAlike(a: Span, b: Span): boolean {
  return (
    a.bold === b.bold &&
    a.italic === b.italic &&
    a.code === b.code &&
    a.url === b.url &&
    a.color === b.color
  )
}

function trimmed(line: Line, styleOf: (span: Span) => FontStyle): Line {
  const spans = withoutEndBlanks(line.spans)
  return { spans, width: widthOf(spans, styleOf), end: line.end }
}

function withoutEndBlanks(spans: readonly Span[]): Span[] {
  const kept = [...spans]
  for (let last = kept.pop(); last; last = kept.pop()) {
    const text = last.text.trimEnd()
    if (text) return [...kept, { ...last, text }]
  }
  return []
}

function widthOf(spans: readonly Span[], styleOf: (span: Span) => FontStyle): number {
  return spans.reduce((sum, span) => sum + measureText(span.text, styleOf(span)), 0)
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + text.length, 0)
}
