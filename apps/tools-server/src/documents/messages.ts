/** What passes between the server and the process that reads one document. */
import type { DocumentBlock } from '@tandem/schemas'
import type { FaultCode } from './parser/fault.ts'

export interface DocumentFile {
  path: string
  /** A label; its extension tells apart what the bytes leave open. */
  name: string
  mediaType: string
}

/** Numbers from 1, both ends included. Without a unit: lines of the text. */
export interface ReadRange {
  unit: 'lines' | 'pages'
  from: number
  to: number
  /** Of a workbook; its first where it is left out. */
  sheet?: string | undefined
}

/** What a model is told of a file before it asks. */
export interface DocumentDescription {
  /** In plain words: `CSV table`. */
  kind: string
  /** The most important first; each a line. */
  facts: string[]
  /** The beginning of what it holds, as text. */
  excerpt: string
}

export interface DocumentExcerpt {
  text: string
  /** Where it goes on; undefined at the end. */
  next?: number | undefined
  /** How many lines or pages there are; undefined where they were not counted to the end. */
  total?: number | undefined
  unit: ReadRange['unit']
}

export type ParserJob = { file: DocumentFile; memoryBytes: number } & (
  | { do: 'parse'; maxChars: number; maxBlocks: number }
  | { do: 'describe' }
  | { do: 'read'; range: ReadRange; maxChars: number }
)

export type ParserReply =
  | { blocks: DocumentBlock[] }
  | { title: string }
  | { description: DocumentDescription }
  | { excerpt: DocumentExcerpt }
  | { fault: { code: FaultCode; message: string; why: string } }
