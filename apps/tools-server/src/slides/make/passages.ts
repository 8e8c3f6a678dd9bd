/** What slides may rest on: passages of text, each of a source that can be named. */
import type { DeckSource, ParsedDocument, SlidesRequest } from '@tandem/schemas'

export interface Passage {
  source: DeckSource
  text: string
}

const passageChars = 900
const mostPassages = 4000

/** The request's own text. What has no title is called material, with its number where there is more of it. */
export function fromMaterial(material: SlidesRequest['material']): Passage[] {
  if (material === undefined) return []
  const parts = typeof material === 'string' ? [{ text: material }] : material
  return parts.flatMap(({ text, ...named }, at) => {
    const title = 'title' in named ? named.title : undefined
    const url = 'url' in named ? named.url : undefined
    const plain = parts.length === 1 ? 'Material' : `Material ${at + 1}`
    const source = { title: title ?? url ?? plain, ...(url !== undefined && { url }) }
    return cut(text).map((piece) => ({ source, text: piece }))
  })
}

/** A file's text, by page where it has pages. */
export function fromDocument(document: ParsedDocument, fileId: string): Passage[] {
  const passages: Passage[] = []
  let last: Passage | undefined
  for (const { text, page } of document.blocks) {
    const isNear = last && last.source.page === page && last.text.length < passageChars / 2
    if (last && isNear) {
      last.text = `${last.text}\n${text}`
      continue
    }
    const source = {
      title: document.title,
      file_id: fileId,
      ...(page !== undefined && { page }),
    }
    const pieces = cut(text).map((piece) => ({ source, text: piece }))
    passages.push(...pieces)
    last = pieces.at(-1)
    if (passages.length > mostPassages) break
  }
  return passages
}

/** Between paragraphs, else between sentences, else anywhere. */
function cut(text: string): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const part of text.split(/\n\s*\n|(?<=[.!?。！？])\s+(?=\S)/).flatMap(bounded)) {
    if (pieces.length >= mostPassages) break
    if (piece && piece.length + part.length > passageChars) {
      pieces.push(piece)
      piece = ''
    }
    piece = piece ? `${piece} ${part}` : part
  }
  return piece ? [...pieces, piece] : pieces
}

function bounded(part: string): string[] {
  const text = part.replaceAll(/[^\S\n]+/g, ' ').trim()
  const count = Math.ceil(text.length / passageChars)
  return Array.from({ length: count }, (_, at) =>
    text.slice(at * passageChars, (at + 1) * passageChars),
  )
}
