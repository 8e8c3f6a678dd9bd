/** PDF: the text of each page. pdf.js is loaded once a process, which reads one document. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getDocumentProxy } from 'unpdf'
import type { DocumentBlock } from '@tandem/schemas'
import { DocumentFault } from '../fault.ts'
import type { Format, Source } from '../source.ts'
import { cutText, toOneLine } from '../text.ts'

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>

export const pdf: Format = {
  async parse(source) {
    const document = await open(source)
    return { title: (await readInfo(document)).get('title'), blocks: readBlocks(document) }
  },
  async describe(source) {
    const document = await open(source)
    const pages = document.numPages
    const excerpt = await readBeginning(document, 12_000)
    return {
      kind: 'PDF document',
      facts: [
        ...[...(await readInfo(document))].map(([name, value]) => `${name}: ${value}`),
        `${pages} ${pages === 1 ? 'page' : 'pages'}`,
        ...(excerpt === '' ? ['no text on its first pages: it may be a scan'] : []),
      ],
      excerpt,
    }
  },
}

/** What the codes of Chinese, Japanese and Korean fonts mean that are not embedded; unpdf comes without these tables. */
const cMaps = join(dirname(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json'))), 'cmaps/')

/** @throws DocumentFault `document_encrypted`, `document_unreadable` */
async function open({ bytes }: Source): Promise<Pdf> {
  try {
    return await getDocumentProxy(new Uint8Array(bytes), {
      disableFontFace: true,
      cMapUrl: cMaps,
      cMapPacked: true,
      verbosity: 0,
    })
  } catch (cause) {
    const isLocked = cause instanceof Error && cause.name === 'PasswordException'
    throw new DocumentFault(isLocked ? 'document_encrypted' : 'document_unreadable', { cause })
  }
}

async function* readBlocks(document: Pdf): AsyncGenerator<DocumentBlock> {
  for (let page = 1; page <= document.numPages; page += 1) {
    for (const paragraph of (await readPage(document, page)).split(/\n{2,}/)) {
      if (paragraph.trim() !== '') yield { text: paragraph, page }
    }
  }
}

/** Pages that are looked at for text when a document is only described. */
const firstPages = 10

async function readBeginning(document: Pdf, maxChars: number): Promise<string> {
  let text = ''
  for (let page = 1; page <= Math.min(document.numPages, firstPages); page += 1) {
    const found = (await readPage(document, page)).trim()
    if (found !== '') text += `[page ${page}]\n${found}\n`
    if (text.length > maxChars) break
  }
  return cutText(text.trim(), maxChars)
}

interface Item {
  str: string
  hasEOL: boolean
  height: number
  transform: number[]
}

async function readPage(document: Pdf, number: number): Promise<string> {
  const page = await document.getPage(number)
  const { items } = await page.getTextContent()
  page.cleanup()
  return joinItems(items.filter((item): item is (typeof items)[number] & Item => 'str' in item))
}

/** Lines as they are set; a gap of more than a line and a half parts paragraphs. */
function joinItems(items: readonly Item[]): string {
  let text = ''
  let lastY: number | undefined
  for (const { str, hasEOL, height, transform } of items) {
    const y = transform[5] ?? 0
    const isGap = lastY !== undefined && Math.abs(lastY - y) > height * 1.9
    if (isGap && str.trim() !== '' && text.endsWith('\n')) text += '\n'
    text += str
    if (hasEOL && !text.endsWith('\n')) text += '\n'
    if (str.trim() !== '') lastY = y
  }
  // A word that was parted at the end of a line.
  return text.replaceAll(/(\p{Ll})-\n(?=\p{Ll})/gu, '$1').replaceAll('\0', '')
}

const shown: Record<string, string> = {
  Title: 'title',
  Author: 'author',
  Subject: 'subject',
  Keywords: 'keywords',
  CreationDate: 'created',
}

async function readInfo(document: Pdf): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const { info } = await document.getMetadata()
  for (const [key, name] of Object.entries(shown)) {
    const value = (info as Record<string, unknown>)[key]
    if (typeof value !== 'string' || value.trim() === '') continue
    found.set(name, key === 'CreationDate' ? toDate(value) : toOneLine(value))
  }
  return found
}

/** `D:20240131…` */
function toDate(value: string): string {
  const [, year, month, day] = /^D:(\d{4})(\d{2})?(\d{2})?/.exec(value) ?? []
  return [year ?? toOneLine(value), month, day].filter(Boolean).join('-')
}
