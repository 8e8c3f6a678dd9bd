/** Python: its functions and classes, found by a parser that forgives errors. Nothing of it is run. */
import { parser } from '@lezer/python'
import type { SyntaxNode } from '@lezer/common'
import type { DocumentBlock } from '@tandem/schemas'
import type { Format, Source } from '../source.ts'
import { cutText, decodeText, toLines, toOneLine } from '../text.ts'
import { toParagraphs } from './plain.ts'

interface Definition {
  kind: 'class' | 'function'
  /** `K.m` for the method `m` of `K`. */
  name: string
  /** As it is written, without its body. */
  signature: string
  /** Whether it stands inside of a function. */
  isInner: boolean
  from: number
  to: number
}

interface Outline {
  imports: string[]
  definitions: Definition[]
  docstring: string | undefined
  hasErrors: boolean
}

export const python: Format = {
  parse: (source) => ({ blocks: toBlocks(decodeText(source.bytes)) }),
  describe(source) {
    const whole = decodeText(source.bytes)
    const text = whole.slice(0, largeChars)
    const { imports, definitions, docstring, hasErrors } = readOutline(text)
    const shown = definitions.filter(({ isInner }) => !isInner)
    const of = (kind: Definition['kind']): string[] =>
      shown.filter((each) => each.kind === kind).map(({ signature }) => signature)
    return {
      kind: 'Python source',
      facts: [
        `${toLines(whole).length} lines`,
        ...(text === whole ? [] : [`of which the first ${toLines(text).length} were looked at`]),
        ...list('imports', imports),
        ...list('classes', of('class')),
        ...list('functions', of('function')),
        ...(docstring === undefined ? [] : [`docstring: ${docstring}`]),
        ...(hasErrors ? ['it has syntax errors'] : []),
      ],
      excerpt: cutText(text.trim(), 12_000),
    }
  },
  lines: ({ bytes }: Source) => toLines(decodeText(bytes)),
}

/** A program that somebody wrote is shorter. */
const largeChars = 2_000_000
const maxListed = 80

function list(name: string, found: readonly string[]): string[] {
  if (found.length === 0) return []
  const more = found.length > maxListed ? ` … and ${found.length - maxListed} more` : ''
  return [`${name}: ${found.slice(0, maxListed).join('; ')}${more}`]
}

function readOutline(text: string): Outline {
  const outline: Outline = { imports: [], definitions: [], docstring: undefined, hasErrors: false }
  /** Names of the definitions around, and where each ends. */
  const around: { name: string; to: number; kind: Definition['kind'] }[] = []
  parser.parse(text).iterate({
    enter({ name, from, to, node }) {
      while ((around.at(-1)?.to ?? Infinity) <= from) around.pop()
      if (name === '⚠') outline.hasErrors = true
      if (name === 'ImportStatement') outline.imports.push(...importsOf(text.slice(from, to)))
      const kind = kinds[name]
      if (kind === undefined) return
      const isInner = around.some((each) => each.kind === 'function')
      const own = nameOf(node, text)
      const path = [...around.map((each) => each.name), own].join('.')
      outline.definitions.push({ ...readDefinition(node, text), kind, name: path, isInner })
      around.push({ name: own, to, kind })
    },
  })
  outline.imports = [...new Set(outline.imports)]
  outline.docstring = /^\s*(?:#.*\n\s*)*[rRuU]?("""|''')([^]{1,400}?)\1/.exec(text)?.[2]?.trim()
  if (outline.docstring !== undefined) outline.docstring = toOneLine(outline.docstring)
  return outline
}

const kinds: Record<string, Definition['kind']> = {
  ClassDefinition: 'class',
  FunctionDefinition: 'function',
}

function nameOf(node: SyntaxNode, text: string): string {
  const name = node.getChild('VariableName')
  return name ? text.slice(name.from, name.to) : '?'
}

function readDefinition(
  node: SyntaxNode,
  text: string,
): Pick<Definition, 'signature' | 'from' | 'to'> {
  const bodyStart = node.getChild('Body')?.from ?? node.to
  const written = toOneLine(text.slice(node.from, bodyStart).replace(/:\s*$/, ''))
  // Decorators stand outside of the definition, around it.
  const { from, to } = node.parent?.name === 'DecoratedStatement' ? node.parent : node
  return { signature: methodSignature(node, text, written), from, to }
}

/** `def m(self)` of a class `K` reads `K.m(self)`. */
function methodSignature(node: SyntaxNode, text: string, written: string): string {
  const short = written.replace(/^class\s+/, '').replace(/^(async\s+)?def\s+/, '$1')
  const owner = classAround(node)
  if (!owner) return short
  const name = nameOf(owner, text)
  return short.startsWith('async ') ? `async ${name}.${short.slice(6)}` : `${name}.${short}`
}

function classAround(node: SyntaxNode): SyntaxNode | undefined {
  for (let at = node.parent; at; at = at.parent) {
    if (at.name === 'ClassDefinition') return at
    if (at.name === 'FunctionDefinition') return undefined
  }
  return undefined
}

/** `import a, b as c` is `a` and `b`; `from x import y` is `x (y)`. */
function importsOf(statement: string): string[] {
  const line = toOneLine(statement.replaceAll(/#.*$/gm, ''), 300)
  const from = /^from\s+(\S+)\s+import\s+(.+)$/.exec(line)
  if (from) return [`${from[1]} (${(from[2] ?? '').replaceAll(/[()]/g, '').trim()})`]
  return line
    .replace(/^import\s+/, '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Each function, each head of a class and what is between them, below the name of what it belongs to. */
function* toBlocks(text: string): Generator<DocumentBlock> {
  const lines = toLines(text)
  const lineAt = createLineFinder(text)
  const found = readOutline(text).definitions.filter(({ isInner }) => !isInner)
  const starts = found.map(({ from, to, name }) => ({ line: lineAt(from), end: lineAt(to), name }))
  let at = 1
  let open: { end: number; name: string }[] = []
  for (const next of [...starts, { line: lines.length + 1, end: Infinity, name: '' }]) {
    while (at < next.line) {
      open = open.filter(({ end }) => end >= at)
      const current = open.at(-1)
      const to = Math.min(next.line - 1, current?.end ?? Infinity)
      yield* place(lines.slice(at - 1, to), at, current?.name)
      at = to + 1
    }
    open.push(next)
  }
}

function* place(
  lines: readonly string[],
  first: number,
  heading: string | undefined,
): Generator<DocumentBlock> {
  for (const { text, line = 1 } of toParagraphs(lines)) {
    yield { text, line: first + line - 1, ...(heading !== undefined && { heading }) }
  }
}

/** The number of the line that an offset is in; of offsets that grow, mostly. */
function createLineFinder(text: string): (offset: number) => number {
  const starts = [0]
  for (const { index, 0: found } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + found.length)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
