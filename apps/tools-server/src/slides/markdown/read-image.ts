import { AppError } from '@tandem/schemas'
import type { RawBlock } from './raw-block.ts'

/** `/files/file-abc/name` and `/v1/files/file-abc/content`: links that this product gave out. */
const ownLink = /\/files\/(file-[\w-]{1,64})(?:[/?#]|$)/

/** What Marp reads in the description of a picture: how it is placed. */
const keyword =
  /\b(?:(?:w|h|width|height|blur|brightness|left|right):\S+|bg|fit|cover|contain|auto|left|right|vertical)(?=\s|$)/gi

/**
 * Whose picture a Markdown image is: its data, or a file of the owner by id or name.
 * @throws AppError `invalid_request` for addresses and paths: nothing is ever fetched
 */
export function readImage({ src, alt }: { src: string; alt: string }, slide: number): RawBlock {
  const words = alt.replaceAll(keyword, '')
  const shared = { type: 'image', alt: words.replaceAll(/\s+/g, ' ').trim().slice(0, 500) }
  if (/^data:/i.test(src)) return { ...shared, data_url: src }
  const own = ownLink.exec(src)?.[1]
  if (own !== undefined) return { ...shared, file_id: own }
  if (/^[a-z][\w+.-]*:|^\/|\\|\.\./i.test(src)) throw refused(src, slide)
  return { ...shared, file_id: decoded(src.replace(/^\.\//, '')) }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function refused(src: string, slide: number): AppError {
  return new AppError('invalid_request', {
    message: `Slide ${slide} names a picture by an address or a path (${src.slice(0, 80)}), which is never read. Upload it and name it by its id (file-…), or give it as data:image/png;base64,…`,
    param: 'markdown',
  })
}
