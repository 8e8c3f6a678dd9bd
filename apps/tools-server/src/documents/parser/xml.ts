/** The XML of office documents, as a stream of tags. */
import { Parser } from 'htmlparser2'
import { DocumentFault } from './fault.ts'
import type { Archive } from './archive.ts'
import { toOneLine } from './text.ts'

export interface XmlHandlers {
  open?(name: string, attributes: Record<string, string>): void
  close?(name: string): void
  text?(text: string): void
}

const maxDepth = 1000

export function readXml(xml: string, handlers: XmlHandlers): void {
  let depth = 0
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth += 1
        if (depth > maxDepth) {
          const message = `The document is nested more than ${maxDepth} levels deep.`
          throw new DocumentFault('document_too_complex', { message })
        }
        handlers.open?.(name, attributes)
      },
      onclosetag(name) {
        depth -= 1
        handlers.close?.(name)
      },
      ontext: (text) => handlers.text?.(text),
    },
    { xmlMode: true },
  )
  parser.end(xml)
}

export function textOfPart(archive: Archive, name: string): string | undefined {
  const bytes = archive[name]
  return bytes && new TextDecoder().decode(bytes)
}

const properties: Record<string, string> = {
  'dc:title': 'title',
  'dc:creator': 'author',
  'dc:subject': 'subject',
  'cp:keywords': 'keywords',
  'dcterms:created': 'created',
  'dcterms:modified': 'modified',
}

/** What an office document tells of itself: title, author, dates. */
export function readProperties(archive: Archive): Map<string, string> {
  const found = new Map<string, string>()
  const xml = textOfPart(archive, 'docProps/core.xml')
  if (xml === undefined) return found
  let open: string | undefined
  readXml(xml.slice(0, 100_000), {
    open: (name) => (open = properties[name]),
    close: () => (open = undefined),
    text(text) {
      const value = toOneLine(text)
      if (open !== undefined && value !== '') found.set(open, value)
    },
  })
  return found
}

export function listProperties(found: ReadonlyMap<string, string>): string[] {
  return [...found].map(([name, value]) => `${name}: ${value}`)
}
