import type { RawCall } from './raw-calls.ts'

/** What the readers of the syntaxes go by. */
export interface ReadContext {
  /** Names of the tools that may be called. */
  names: ReadonlySet<string>
  /** Calls are asked for in the text, so that what looks like one is one, whatever its name. */
  prompted: boolean
  /** The answer is to be JSON. */
  json: boolean
  /** Nothing but blanks came before, in the whole reply. */
  fresh: boolean
  /** At the beginning of a line. */
  lineStart: boolean
  /** The text is all there is. */
  final: boolean
}

/**
 * `no`: no call begins here. `more`: it may become one, hold it back. Else the calls and how much of the text they take;
 * where there are none, so much of it is text.
 */
export type Reading = 'no' | 'more' | { calls: RawCall[]; length: number }

/** Reads a text that begins where a call might. */
export type Syntax = (text: string, context: ReadContext) => Reading

export function areKnown(calls: readonly RawCall[], { names }: ReadContext): boolean {
  return calls.length > 0 && calls.every(({ name }) => names.has(name))
}
