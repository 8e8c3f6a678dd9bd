/** How much an answer says, counted only where nobody reports its tokens. */

/** So much is kept of an answer's beginning, so that a short one is counted whole. */
const wholeBytes = 4096
/** Of what follows every so manieth piece is kept, until there is so much; the others are taken to say as much a byte. */
const keptOf = 16
const keptBytes = 64 * 1024
const pieceBytes = 8192
const comment = 0x3a

/** Some of what came of an answer, as it came: its tokens are mostly reported in the end, and then nothing is counted. */
export interface AnswerSize {
  /** Whole SSE events or a whole JSON body. */
  addBytes(bytes: Buffer): void
  addText(text: string): void
  /** Nothing more will be asked. */
  forget(): void
  characters(): number
}

export function createAnswerSize(): AnswerSize {
  const kept: Buffer[] = []
  let length = 0
  let beyond = 0
  let characters = 0
  let forgotten = false
  let pieces = 0

  function isKept({ length: more }: Buffer): boolean {
    if (length === 0) return true
    return length + more <= keptBytes && (length < wholeBytes || pieces % keptOf === 0)
  }
  /** A copy: keeping what came itself would keep the buffers that the socket read it into. */
  function keep(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const used = (length + at) % pieceBytes
      if (used === 0) kept.push(Buffer.allocUnsafeSlow(pieceBytes))
      const last = kept.at(-1)
      at += last ? bytes.copy(last, used, at) : 0
    }
    length += bytes.length
  }
  return {
    addBytes(bytes) {
      if (forgotten) return
      pieces += 1
      if (isKept(bytes)) keep(bytes)
      else beyond += bytes.length
    },
    addText(text) {
      characters += text.length
    },
    forget() {
      forgotten = true
      kept.length = 0
      length = 0
      beyond = 0
    },
    characters() {
      if (length === 0) return characters
      const share = (length + beyond) / length
      return characters + Math.round(countCharacters(Buffer.concat(kept, length)) * share)
    },
  }
}

/** Whether these bytes say something: some servers send comments while they load a model. */
export function isComment(bytes: Buffer): boolean {
  return bytes[0] === comment
}

/** The characters of all choices in whole SSE events, or in a whole JSON answer; embeddings say nothing. */
export function countCharacters(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  if (text.trimStart().startsWith('{')) return countIn(text)
  const events = text.matchAll(/^data: ?(\{.*)$/gm)
  return Array.from(events, ([, data = '']) => countIn(data)).reduce((sum, some) => sum + some, 0)
}

function countIn(json: string): number {
  const choices = toObject(tryParse(json))['choices']
  if (!Array.isArray(choices)) return 0
  return choices.map(countChoice).reduce((sum: number, some) => sum + some, 0)
}

/** Chat says it in `delta` or `message`, the legacy endpoint in `text`. */
function countChoice(choice: unknown): number {
  const { delta, message, text } = toObject(choice)
  const said = toObject(delta ?? message)
  const calls = Array.isArray(said['tool_calls']) ? said['tool_calls'] : []
  return (
    lengthOf(text) +
    lengthOf(said['content']) +
    lengthOf(said['reasoning_content'] ?? said['reasoning']) +
    lengthOf(said['refusal']) +
    [...calls.map((call) => toObject(call)['function']), said['function_call']]
      .map(toObject)
      .reduce((sum, call) => sum + lengthOf(call['name']) + lengthOf(call['arguments']), 0)
  )
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
