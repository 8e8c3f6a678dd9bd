/** From a deck to its files. */
import { AppError, type Deck, type DeckFormat } from '@tandem/schemas'
import { createFairQueue } from '../../sandbox/fair-queue.ts'
import { toFileName } from './file-name.ts'
import { convertToPdf, programs } from './libreoffice/convert.ts'
import { findProgram } from './libreoffice/find.ts'
import { runJob } from './process/run-job.ts'
import type { RenderJob } from './render-all.ts'

/** The bytes of a picture that the deck names by `file_id`. What they really are is looked at, not believed. */
export interface DeckImage {
  bytes: Uint8Array
}

export interface RenderOptions {
  /** Whose deck it is: users take turns. */
  owner: string
  /** Each once; the files come in this order. */
  formats: readonly DeckFormat[]
  /** By `file_id`. Whoever calls has seen to it that the deck's owner may read them. */
  images: ReadonlyMap<string, DeckImage>
}

export interface RenderedFile {
  format: DeckFormat
  /** Made from the deck's title: `Machine learning basics.pptx`. */
  name: string
  mediaType: string
  bytes: Uint8Array
  /** How many slides it has; more than the deck where some had to be split. */
  slides: number
}

export interface RendererSettings {
  /** LibreOffice, by its name or path, which makes the PDF where it is installed; `none` always draws it. */
  libreOffice: string
  /** How many decks are drawn at once. */
  slots: number
}

/**
 * Makes the files of a deck, in a process of its own.
 * @throws AppError `invalid_request` where a picture is missing or broken (`param` is its path) or the deck is too long;
 * `rate_limit_exceeded` where too many of the owner's decks wait; the signal's reason
 */
export type RenderDeck = (
  deck: Deck,
  options: RenderOptions,
  signal: AbortSignal,
) => Promise<RenderedFile[]>

/** Of one owner. */
const mostWaiting = 10
const drawMs = 120_000
const officeMs = 60_000

const mediaTypes: Readonly<Record<DeckFormat, string>> = {
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  pdf: 'application/pdf',
  md: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
}

export function createDeckRenderer({ libreOffice, slots }: RendererSettings): RenderDeck {
  const perOwner = Math.max(1, slots - 1)
  const queue = createFairQueue({ slots, perOwner, maxWaiting: mostWaiting, what: 'decks' })
  return async (deck, { owner, formats, images }, signal) => {
    const bytes = new Map([...images].map(([id, image]) => [id, image.bytes]))
    const job = { deck, formats: [...new Set(formats)], images: bytes }
    const release = await queue.acquire(owner, signal)
    try {
      const { slides, files } = await render(job, libreOffice, signal)
      return files.map(({ format, bytes: content }) => ({
        format,
        name: toFileName(deck.title, format),
        mediaType: mediaTypes[format],
        bytes: content,
        slides,
      }))
    } finally {
      release()
    }
  }
}

/** For programs that have no settings. */
export const renderDeck: RenderDeck = createDeckRenderer({ libreOffice: 'soffice', slots: 2 })

interface Files {
  slides: number
  files: { format: DeckFormat; bytes: Uint8Array }[]
}

/** Our Chinese, Japanese and Korean fonts come in slices that only our own PDF can use; few servers have others. */
const eastAsian = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

async function render(job: RenderJob, libreOffice: string, signal: AbortSignal): Promise<Files> {
  const wantsOffice = job.formats.includes('pdf') && !eastAsian.test(JSON.stringify(job.deck))
  const office = wantsOffice ? await findOffice(libreOffice) : undefined
  const made = office === undefined ? undefined : await renderWithOffice(job, office, signal)
  return made ?? draw(job, signal)
}

async function findOffice(command: string): Promise<string | undefined> {
  return command === 'none' ? undefined : findProgram(command, programs)
}

async function draw(job: RenderJob, signal: AbortSignal): Promise<Files> {
  const { slides, files } = await runJob(job, { timeoutMs: drawMs }, signal)
  return {
    slides,
    files: job.formats.map((format, at) => ({ format, bytes: files[at] ?? new Uint8Array() })),
  }
}

/** The PDF is the presentation as LibreOffice shows it; undefined where that failed, so that it gets drawn. */
async function renderWithOffice(
  job: RenderJob,
  command: string,
  signal: AbortSignal,
): Promise<Files | undefined> {
  const others = new Set<DeckFormat>(['pptx', ...job.formats])
  others.delete('pdf')
  const { slides, files } = await draw({ ...job, formats: [...others] }, signal)
  const pptx = files.find(({ format }) => format === 'pptx')
  if (!pptx) throw new AppError('internal_error', { cause: new Error('No presentation was made.') })
  try {
    const pdf = await convertToPdf(pptx.bytes, { command, timeoutMs: officeMs }, signal)
    const all = [...files, { format: 'pdf' as const, bytes: pdf }]
    return {
      slides,
      files: job.formats.flatMap((format) => all.filter((file) => file.format === format)),
    }
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
