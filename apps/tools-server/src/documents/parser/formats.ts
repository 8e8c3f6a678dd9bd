/** Which format a file is of: what its bytes say (its media type), then its name. A format is loaded where it is needed. */
import { DocumentFault } from './fault.ts'
import type { Format } from './source.ts'

type Load = () => Promise<Format>

const loads = {
  code: async () => (await import('./formats/code.ts')).code,
  csv: async () => (await import('./formats/csv.ts')).csv,
  html: async () => (await import('./formats/html.ts')).html,
  image: async () => (await import('./formats/image.ts')).image,
  json: async () => (await import('./formats/json.ts')).json,
  markdown: async () => (await import('./formats/markdown.ts')).markdown,
  pdf: async () => (await import('./formats/pdf.ts')).pdf,
  plain: async () => (await import('./formats/plain.ts')).plain,
  python: async () => (await import('./formats/python.ts')).python,
  slides: async () => (await import('./formats/slides.ts')).slides,
  word: async () => (await import('./formats/word.ts')).word,
  workbook: async () => (await import('./formats/workbook.ts')).workbook,
} satisfies Record<string, Load>

type FormatName = keyof typeof loads

const office = 'application/vnd.openxmlformats-officedocument'

const byMediaType: Record<string, FormatName> = {
  'application/pdf': 'pdf',
  [`${office}.wordprocessingml.document`]: 'word',
  [`${office}.presentationml.presentation`]: 'slides',
  [`${office}.spreadsheetml.sheet`]: 'workbook',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/json': 'json',
  'application/jsonl': 'json',
  'text/html': 'html',
  'text/markdown': 'markdown',
  'text/x-python': 'python',
}

const codeExtensions =
  'bash c cc cpp cs css go h hpp java js jsx kt lua mjs php pl ps1 r rb rs scala sh sql svelte swift ts tsx vue xml'

const byExtension: Record<string, FormatName> = {
  csv: 'csv',
  docx: 'word',
  htm: 'html',
  html: 'html',
  ipynb: 'json',
  json: 'json',
  jsonl: 'json',
  markdown: 'markdown',
  md: 'markdown',
  ndjson: 'json',
  pdf: 'pdf',
  pptx: 'slides',
  py: 'python',
  tsv: 'csv',
  xlsx: 'workbook',
  ...Object.fromEntries(codeExtensions.split(' ').map((name) => [name, 'code' as const])),
}

/** Types that say no more than that it is text, or bytes. */
const vague = new Set(['text/plain', 'application/octet-stream', 'application/zip', ''])
/** What Office makes when a password is set; the format then tells so. */
const compoundFile = 'application/x-cfb'

/** @throws DocumentFault `document_unsupported` */
export async function loadFormat(file: { name: string; mediaType: string }): Promise<Format> {
  const name = formatOf(file)
  if (name) return await loads[name]()
  throw new DocumentFault('document_unsupported', {
    message: `No text can be read from files of the type ${file.mediaType || 'unknown'}.`,
  })
}

function formatOf({
  name,
  mediaType,
}: {
  name: string
  mediaType: string
}): FormatName | undefined {
  const found = byMediaType[mediaType]
  if (found) return found
  if (mediaType.startsWith('image/') && mediaType !== 'image/svg+xml') return 'image'
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const named = Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined
  if (mediaType === compoundFile) return named ?? 'word'
  if (vague.has(mediaType)) return named ?? (mediaType === 'application/zip' ? undefined : 'plain')
  return isText(mediaType) ? (named ?? 'plain') : undefined
}

function isText(mediaType: string): boolean {
  return (
    mediaType.startsWith('text/') ||
    mediaType === 'image/svg+xml' ||
    /^application\/(xml|yaml|x-yaml|toml|javascript|x-ndjson|x-sh)$|\+(xml|json)$/.test(mediaType)
  )
}
