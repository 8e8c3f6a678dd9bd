/** What a file is, from its bytes; its name only tells apart what the bytes leave open. */
import { extname } from 'node:path'
import { fileTypeFromBuffer } from 'file-type'

/** So many bytes of a file's beginning are looked at; nothing is unpacked beyond them. */
export const headBytes = 64 * 1024

const textTypes: Record<string, string> = {
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.md': 'text/markdown',
  '.mjs': 'text/javascript',
  '.py': 'text/x-python',
  '.svg': 'image/svg+xml',
  '.ts': 'text/x-typescript',
  '.tsv': 'text/tab-separated-values',
  '.xml': 'application/xml',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
}

const office = 'application/vnd.openxmlformats-officedocument'
const zipTypes: Record<string, string> = {
  '.docx': `${office}.wordprocessingml.document`,
  '.pptx': `${office}.presentationml.presentation`,
  '.xlsx': `${office}.spreadsheetml.sheet`,
}

/** `head` is the beginning of the file, or all of it. */
export async function sniffMediaType(head: Buffer, name: string): Promise<string> {
  const found = await typeOf(head)
  const extension = extname(name).toLowerCase()
  if (found === 'application/zip') return zipTypes[extension] ?? found
  if (found !== undefined && found !== 'application/xml') return found
  if (!isText(head)) return 'application/octet-stream'
  if (isHtml(head)) return 'text/html'
  return textTypes[extension] ?? found ?? 'text/plain'
}

/** Bytes that break the reader are of no type that it knows. */
async function typeOf(head: Buffer): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(head))?.mime
  } catch {
    return undefined
  }
}

/** UTF-8 without NUL; the last character may be cut off. */
function isText(head: Buffer): boolean {
  if (head.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

function isHtml(head: Buffer): boolean {
  return /^\uFEFF?\s*(<!--[^]*?-->\s*)?<(!doctype\s+html|html|script|body|head|iframe)[\s>]/i.test(
    head.subarray(0, 1024).toString('utf8'),
  )
}
