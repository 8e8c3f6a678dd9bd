/** Pictures are decoded and written anew, so that what gets into a file is pixels and nothing else. */
import { createHash } from 'node:crypto'
import { AppError, type Deck } from '@tandem/schemas'
import type { LayoutContext, PreparedImage } from '../layout/types.ts'

type NamedImage = Parameters<LayoutContext['imageOf']>[0]

/** Neither a screen nor a page shows more. */
const mostPixels = 2000
const mostInput = 60_000_000
const formats = new Set(['png', 'jpeg', 'gif', 'webp'])

/**
 * @param files bytes by file id
 * @throws AppError `invalid_request`, with the path in the deck, where one is missing or cannot be read
 */
export async function prepareImages(
  deck: Deck,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<LayoutContext['imageOf']> {
  const prepared = new Map<string, PreparedImage>()
  for (const { path, image } of imagesOf(deck)) {
    const key = keyOf(image)
    if (!prepared.has(key))
      prepared.set(key, await prepare({ key, path, bytes: bytesOf(image, { path, files }) }))
  }
  return (image) => {
    const found = prepared.get(keyOf(image))
    if (!found) throw new Error('A picture was not prepared.')
    return found
  }
}

/** Every picture that a deck names, and where. */
export function imagesOf(deck: Deck): { path: string; image: NamedImage }[] {
  const inSlides = deck.slides.flatMap(({ blocks }, slide) =>
    blocks.flatMap((block, at) =>
      block.type === 'image' ? [{ path: `slides[${slide}].blocks[${at}]`, image: block }] : [],
    ),
  )
  const logo = typeof deck.theme === 'object' ? deck.theme.logo : undefined
  return logo ? [{ path: 'theme.logo', image: logo }, ...inSlides] : inSlides
}

function keyOf({ file_id, data_url = '' }: NamedImage): string {
  return file_id === undefined
    ? createHash('sha256').update(data_url).digest('hex')
    : `file:${file_id}`
}

function bytesOf(
  { file_id, data_url = '' }: NamedImage,
  { path, files }: { path: string; files: ReadonlyMap<string, Uint8Array> },
): Uint8Array {
  if (file_id === undefined) return Buffer.from(data_url.slice(data_url.indexOf(',') + 1), 'base64')
  const bytes = files.get(file_id)
  if (bytes) return bytes
  throw refused(`${path}.file_id`, `there is no file ${file_id}; upload it and name its id`)
}

async function prepare({
  key,
  path,
  bytes,
}: {
  key: string
  path: string
  bytes: Uint8Array
}): Promise<PreparedImage> {
  try {
    const { default: sharp } = await import('sharp')
    const input = sharp(bytes, { limitInputPixels: mostInput, failOn: 'error' })
    const { format, hasAlpha } = await input.metadata()
    if (!formats.has(format)) throw new Error(`it is ${format}`)
    const turned = input
      .rotate()
      .resize(mostPixels, mostPixels, { fit: 'inside', withoutEnlargement: true })
    const isPhoto = format === 'jpeg' && !hasAlpha
    const written = isPhoto ? turned.jpeg({ quality: 88 }) : turned.png({ compressionLevel: 9 })
    const { data, info } = await written.toBuffer({ resolveWithObject: true })
    const mediaType = isPhoto ? 'image/jpeg' : 'image/png'
    return { key, bytes: data, mediaType, width: info.width, height: info.height }
  } catch (cause) {
    throw refused(
      path,
      'this picture cannot be read: it must be a whole PNG, JPEG, GIF or WebP',
      cause,
    )
  }
}

function refused(param: string, why: string, cause?: unknown): AppError {
  return new AppError('invalid_request', { message: `Invalid '${param}': ${why}.`, param, cause })
}
