import { readBare } from './bare.ts'
import { readFence, readTag } from './marked.ts'
import type { RawCall } from './raw-calls.ts'
import type { ReadContext, Reading, Syntax } from './syntax.ts'
import { readAction, readMistral } from './unmarked.ts'

/** Separates calls written as text from text, as it streams: what may yet become a call is held back until it is ruled out. */
export interface Scanner {
  /** Takes a piece of a reply and gives back what may be shown. */
  push(text: string): string
  /** The reply is over: the rest that may be shown. */
  end(): string
  readonly calls: readonly RawCall[]
}

export interface ScannerOptions {
  names: ReadonlySet<string>
  /** Calls are asked for in the text; else only those of known tools are calls. */
  prompted: boolean
  /** The answer is to be JSON, so that JSON without a mark is hardly ever a call. */
  json?: boolean
}

/** What each character may begin. */
const syntaxes: Readonly<Record<string, readonly Syntax[]>> = {
  '`': [readFence],
  '~': [readFence],
  '<': [readTag, readBare],
  '[': [readMistral, readBare],
  '{': [readBare],
  A: [readAction],
  a: [readAction],
  '*': [readAction],
}
const thoughts = { begin: '<think>', end: '</think>' }
const spots = /[\n`~<[{Aa*]/g

interface Scan {
  readonly options: ScannerOptions
  readonly calls: RawCall[]
  /** What is not decided yet; `at` is how far it was passed. */
  held: string
  at: number
  /** What was passed and not handed out yet. */
  shown: string
  fresh: boolean
  lineStart: boolean
  /** Inside a span of code. */
  span: boolean
  /** The line that ends the block of code we are in. */
  codeEnd: RegExp | undefined
  /** Inside the thoughts that a reply may begin with. */
  thinking: boolean
}

/** Characters. */
const shortCall = 2048
const growth = 1.125

/**
 * Inside code, be it a fenced block or a span, and inside `<think>` nothing is a call. Once there was a call, the text that follows it is
 * dropped: models go on with results that they made up.
 */
export function createScanner(options: ScannerOptions): Scanner {
  const scan: Scan = {
    options,
    calls: [],
    held: '',
    at: 0,
    shown: '',
    fresh: true,
    lineStart: true,
    span: false,
    codeEnd: undefined,
    thinking: false,
  }
  // What came after `held` is looked at once there is enough: reading a long call anew for each piece takes long.
  let waiting: string[] = []
  let size = 0
  let wakeAt = 0
  function release(final: boolean): string {
    scan.held += waiting.join('')
    waiting = []
    const shown = advance(scan, final)
    size = scan.held.length
    wakeAt = size < shortCall ? 0 : size * growth
    return shown
  }
  return {
    calls: scan.calls,
    push(text) {
      waiting.push(text)
      size += text.length
      return size < wakeAt ? '' : release(false)
    },
    end: () => release(true),
  }
}

/** Decides what can be decided; hands back what may be shown of it. */
function advance(scan: Scan, final: boolean): string {
  while (scan.at < scan.held.length && step(scan, final));
  const { shown } = scan
  scan.held = scan.held.slice(scan.at)
  scan.at = 0
  scan.shown = ''
  return shown
}

/** Passes the next part; false where nothing more can be passed for now. */
function step(scan: Scan, final: boolean): boolean {
  if (scan.codeEnd) return passCode(scan, scan.codeEnd, final)
  if (scan.thinking) return passThoughts(scan, final)
  spots.lastIndex = scan.at
  const spot = spots.exec(scan.held)
  pass(scan, (spot?.index ?? scan.held.length) - scan.at)
  if (!spot) return false
  if (scan.fresh && scan.held.startsWith(thoughts.begin, scan.at)) {
    scan.thinking = true
    return true
  }
  if (scan.fresh && !final && thoughts.begin.startsWith(scan.held.slice(scan.at))) return false
  const reading = scan.span ? 'no' : read(scan, spot[0], final)
  if (reading === 'more') return false
  if (reading !== 'no') take(scan, reading)
  else if (spot[0] === '`' || spot[0] === '~') return passTicks(scan, final)
  else pass(scan, 1)
  return true
}

function pass(scan: Scan, length: number): void {
  const text = scan.held.slice(scan.at, scan.at + length)
  scan.at += length
  if (scan.calls.length === 0) scan.shown += text
  if (text.trim() !== '') scan.fresh = false
  const newline = text.lastIndexOf('\n')
  if (newline !== -1) scan.span = false
  scan.lineStart = (newline !== -1 || scan.lineStart) && text.slice(newline + 1).trim() === ''
}

function read(scan: Scan, character: string, final: boolean): Reading {
  const { options, fresh, lineStart } = scan
  const context: ReadContext = { json: false, ...options, fresh, lineStart, final }
  for (const syntax of syntaxes[character] ?? []) {
    const reading = syntax(scan.held.slice(scan.at), context)
    if (reading !== 'no') return reading
  }
  return 'no'
}

function take(scan: Scan, { calls, length }: Exclude<Reading, string>): void {
  if (calls.length === 0) {
    pass(scan, length)
    return
  }
  scan.calls.push(...calls)
  scan.at += length
  scan.fresh = false
  scan.lineStart = true
}

/** Backticks or tildes that open no call: a block of code at the beginning of a line, a span elsewhere. */
function passTicks(scan: Scan, final: boolean): boolean {
  const [ticks = ''] = /^(?:`+|~+)/.exec(scan.held.slice(scan.at)) ?? []
  if (scan.at + ticks.length === scan.held.length && !final) return false
  if (scan.lineStart && ticks.length >= 3) {
    scan.codeEnd = new RegExp(String.raw`\n[ \t]*${ticks[0]}{${ticks.length},}[ \t\r]*(\n|$)`)
  } else if (ticks.startsWith('`')) scan.span = !scan.span
  pass(scan, ticks.length)
  return true
}

function passCode(scan: Scan, end: RegExp, final: boolean): boolean {
  const rest = scan.held.slice(scan.at)
  const lines = scan.lineStart ? `\n${rest}` : rest
  const found = end.exec(lines)
  if (found && (found[1] === '\n' || final)) {
    scan.codeEnd = undefined
    pass(scan, found.index + found[0].length - (lines.length - rest.length))
    return true
  }
  const lastLine = rest.lastIndexOf('\n')
  const mayEnd = !final && /^[ \t]*[`~]*[ \t\r]*$/.test(rest.slice(lastLine + 1))
  pass(scan, mayEnd ? Math.max(0, lastLine) : rest.length)
  return false
}

/** Thoughts go on to their closing tag, and the reply begins after them. */
function passThoughts(scan: Scan, final: boolean): boolean {
  const end = scan.held.indexOf(thoughts.end, scan.at)
  if (end === -1) {
    const tag = final ? -1 : scan.held.lastIndexOf('<')
    const mayEnd = tag >= scan.at && thoughts.end.startsWith(scan.held.slice(tag))
    pass(scan, (mayEnd ? tag : scan.held.length) - scan.at)
    return false
  }
  pass(scan, end + thoughts.end.length - scan.at)
  scan.thinking = false
  scan.fresh = true
  scan.lineStart = true
  return true
}
