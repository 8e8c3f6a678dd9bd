/** What models are shown of a request. */
import type { Bibliography } from './bibliography.ts'
import type { Passage } from './passages.ts'

export interface Picture {
  fileId: string
  name: string
}

/** Material as quotations: nothing in it can end the quotation. */
export function toMaterial(passages: readonly Passage[], bibliography: Bibliography): string {
  if (passages.length === 0) return ''
  const texts = passages.map(({ source, text }) => {
    const number = bibliography.numberOf(source)
    const page = source.page === undefined ? '' : `, page ${source.page}`
    const head = number === undefined ? '' : `[${number}] ${source.title}${page}\n`
    return `${head}${text}`
  })
  const inside = texts.join('\n\n').replaceAll(/<(\/?)material/gi, '‹$1material')
  return `<material>\n${inside}\n</material>`
}

export function toPictures(pictures: readonly Picture[]): string {
  if (pictures.length === 0) return ''
  const lines = pictures.map(({ fileId, name }) => `- ${fileId}: ${name}`)
  return `Pictures that may be shown:\n${lines.join('\n')}`
}

/** `Label: value` lines; what is empty is left out. */
export function labelled(fields: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value)
    .map(([label, value]) => `${label}: ${value}`)
    .join('\n')
}

export function paragraphsOf(...parts: readonly string[]): string {
  return parts.filter(Boolean).join('\n\n')
}
