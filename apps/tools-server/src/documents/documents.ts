/**
 * Documents: what is in a file. This is the seam that collections, attachments and tools share.
 *
 *   file {path, name, mediaType}  ->  parse     {title, blocks}      all of its text, with page, heading, sheet, line
 *                                 ->  describe  {kind, facts, excerpt}   what a model is told of it before it asks
 *                                 ->  read      a range of its lines or pages
 *
 * Each call is a process of its own (`parser/`), with bounds for memory and time, without network, without the rights to
 * write, to start programs, or to read anything but its code and the file; it is killed when the signal aborts. Archives are
 * checked before they are unpacked (`parser/archive.ts`). A new format is a file in `parser/formats` and its rows in
 * `parser/formats.ts`.
 */
import { stat } from 'node:fs/promises'
import { AppError, type DocumentBlock, type ParsedDocument } from '@tandem/schemas'
import { createFairQueue, type FairQueue } from '../sandbox/fair-queue.ts'
import type {
  DocumentDescription,
  DocumentExcerpt,
  DocumentFile,
  ParserReply,
  ReadRange,
} from './messages.ts'
import { runParser, type ParserLimits } from './run-parser.ts'

/** Whose document it is: users take turns. */
export interface OwnedFile extends DocumentFile {
  owner: string
}

interface CallOptions {
  signal: AbortSignal
}

/**
 * All calls throw AppError `document_encrypted`, `document_unreadable`, `document_too_large`, `document_too_complex`,
 * `document_unsafe`, `document_unsupported`; `rate_limit_exceeded` where too many of the owner's wait; the signal's reason.
 */
export interface Documents {
  /** @throws AppError `document_without_text` too */
  parse(file: OwnedFile, options: CallOptions): Promise<ParsedDocument>
  describe(file: OwnedFile, options: CallOptions): Promise<DocumentDescription>
  /** At most `maxChars` of it, cut at the end of a line or a page. */
  read(
    file: OwnedFile,
    asked: { range: ReadRange; maxChars: number },
    options: CallOptions,
  ): Promise<DocumentExcerpt>
}

export interface DocumentLimits extends ParserLimits {
  /** Files that are larger are refused unread. */
  maxFileBytes: number
  /** How many are read at once for who waits, and as many for collections. */
  parallel: number
}

export const defaultDocumentLimits: DocumentLimits = {
  timeoutMs: 60_000,
  memoryBytes: 768 * 2 ** 20,
  maxFileBytes: 64 * 2 ** 20,
  parallel: 2,
}

/** About what 50,000 chunks hold, more than which no document has. */
const maxChars = 40_000_000
const maxBlocks = 200_000

export function createDocuments(limits: DocumentLimits = defaultDocumentLimits): Documents {
  // All of a document is read to be indexed; nobody who chats should wait behind that.
  const whole = createQueue(limits)
  const parts = createQueue(limits)

  async function run(
    file: OwnedFile,
    job: Parameters<typeof runParser>[0],
    { signal, onReply }: CallOptions & { onReply: (reply: ParserReply) => void },
  ): Promise<void> {
    await assertSize(file, limits.maxFileBytes)
    const queue = job.do === 'parse' ? whole : parts
    const release = await queue.acquire(file.owner, signal)
    try {
      await runParser(job, limits, { signal, onReply })
    } finally {
      release()
    }
  }

  return {
    async parse(file, { signal }) {
      const blocks: DocumentBlock[] = []
      let title = ''
      const onReply = (reply: ParserReply): void => {
        if ('blocks' in reply) for (const block of reply.blocks) blocks.push(block)
        if ('title' in reply) title = reply.title
      }
      const job = { do: 'parse', file: toFile(file), maxChars, maxBlocks } as const
      await run(file, job, { signal, onReply })
      return { title: title || withoutExtension(file.name), blocks }
    },
    async describe(file, { signal }) {
      let description: DocumentDescription | undefined
      const onReply = (reply: ParserReply): void => {
        if ('description' in reply) description = reply.description
      }
      await run(file, { do: 'describe', file: toFile(file) }, { signal, onReply })
      return description ?? saidNothing()
    },
    async read(file, asked, { signal }) {
      let excerpt: DocumentExcerpt | undefined
      const onReply = (reply: ParserReply): void => {
        if ('excerpt' in reply) excerpt = reply.excerpt
      }
      await run(file, { do: 'read', file: toFile(file), ...asked }, { signal, onReply })
      return excerpt ?? saidNothing()
    },
  }
}

function createQueue({ parallel }: DocumentLimits): FairQueue {
  return createFairQueue({
    slots: parallel,
    perOwner: Math.max(1, parallel - 1),
    maxWaiting: 100,
    what: 'documents',
  })
}

function toFile({ path, name, mediaType }: OwnedFile): DocumentFile {
  return { path, name, mediaType }
}

async function assertSize({ path }: OwnedFile, maxBytes: number): Promise<void> {
  const { size } = await stat(path)
  if (size <= maxBytes) return
  throw new AppError('document_too_large', {
    message: `The document is larger than the ${Math.floor(maxBytes / 2 ** 20)} MiB that can be read.`,
  })
}

function withoutExtension(name: string): string {
  return name.replace(/\.[A-Za-z0-9]{1,10}$/, '') || name
}

function saidNothing(): never {
  throw new AppError('internal_error', { message: 'The parser ended without an answer.' })
}
