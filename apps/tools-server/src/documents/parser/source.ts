import type { DocumentBlock } from '@tandem/schemas'
import type { DocumentDescription } from '../messages.ts'

/** A file, whole. */
export interface Source {
  bytes: Uint8Array
  name: string
  mediaType: string
}

export interface Parsed {
  /** Undefined where the document has none of its own. */
  title?: string | undefined
  /** As they are read; of any size. */
  blocks: AsyncIterable<DocumentBlock> | Iterable<DocumentBlock>
}

/** How files of one format are read. What they throw is a `DocumentFault`, or means that the file is damaged. */
export interface Format {
  parse(source: Source): Promise<Parsed> | Parsed
  describe(source: Source): Promise<DocumentDescription> | DocumentDescription
  /** Where the lines of the file are what a reader means by lines; else those of its text. */
  lines?(source: Source): string[]
}
