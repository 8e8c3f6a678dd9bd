import { textOf, type ContentPart, type Message } from '@tandem/schemas'

/** What a message costs beside its words: role and separators. */
const tokensPerMessage = 4
/** An image of high detail, about; for sound and files there is no better guess. */
const tokensPerAttachment = 1000

/**
 * How many tokens a message will take: an estimate, and meant to be a little high. Each model has its own tokenizer and
 * a gateway knows few of them; a real one for OpenAI's models would be wrong for all others and cost megabytes of tables.
 */
export function estimateMessage({ content, tool_calls, tool_call_id, name }: Message): number {
  const attached = Array.isArray(content) ? content.filter(isAttachment).length : 0
  const calls = (tool_calls ?? []).map(({ id, function: { name, arguments: args } }) =>
    [id, name, args].join(' '),
  )
  const words = [textOf(content), tool_call_id ?? '', name ?? '', ...calls]
  return (
    tokensPerMessage +
    attached * tokensPerAttachment +
    words.reduce((sum, text) => sum + estimateTokens(text), 0)
  )
}

function isAttachment({ type }: ContentPart): boolean {
  return type !== 'text' && type !== 'refusal'
}

const space = 0x20

/**
 * Words of Latin script cost a token for each five letters, of other alphabets for each two; a digit, a sign or a
 * character of any other script costs one. A single space joins the next word.
 */
export function estimateTokens(text: string): number {
  return text.length <= readWhole ? countTokens(text) : sampleTokens(text)
}

/** Characters. Of longer texts samples are read: letter by letter they would hold up all other requests. */
const readWhole = 256 * 1024
const samples = 64
const sampleLength = 2048

function sampleTokens(text: string): number {
  const step = (text.length - sampleLength) / (samples - 1)
  let tokens = 0
  for (let at = 0; at < samples; at += 1) {
    const from = Math.floor(at * step)
    tokens += countTokens(text.slice(from, from + sampleLength))
  }
  return Math.ceil((tokens * text.length) / (samples * sampleLength))
}

function countTokens(text: string): number {
  let tokens = 0
  let lettersLeft = 0
  let previous = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const letters = lettersPerToken(code)
    if (letters > 1) {
      if (lettersLeft === 0) tokens += 1
      lettersLeft = (lettersLeft || letters) - 1
    } else {
      lettersLeft = 0
      if (code !== space || previous === space) tokens += 1
    }
    previous = code
  }
  return tokens
}

function lettersPerToken(code: number): number {
  if (code < 0x80) return (code | space) >= 0x61 && (code | space) <= 0x7a ? 5 : 1
  if (code >= 0xc0 && code < 0x250) return 5
  return code >= 0x370 && code < 0x600 ? 2 : 1
}
