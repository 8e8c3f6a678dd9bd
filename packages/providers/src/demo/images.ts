import type { Content } from '@tandem/schemas'

/** The addresses (mostly data URLs) of the images in a message. */
export function imagesOf(content: Content | null | undefined): string[] {
  if (!Array.isArray(content)) return []
  return content.flatMap((part) => {
    if (part.type !== 'image_url') return []
    const image: unknown = part['image_url']
    if (typeof image === 'string') return [image]
    if (typeof image !== 'object' || image === null || !('url' in image)) return []
    return typeof image.url === 'string' ? [image.url] : []
  })
}

export interface ImageFacts {
  mediaType: string
  bytes: number
  /** Unknown where the format's header is not one that we read. */
  pixels?: { width: number; height: number }
}

/** What a data URL tells about its image; undefined for other addresses, for nothing is fetched. */
export function readImage(url: string): ImageFacts | undefined {
  const mediaType = /^data:([\w.+-]+\/[\w.+-]+)/i.exec(url.slice(0, 200))?.[1]
  const comma = url.indexOf(',')
  if (mediaType === undefined || comma === -1) return undefined
  const bytes = Buffer.from(url.slice(comma + 1), 'base64')
  const pixels = pixelsOf(bytes)
  return { mediaType, bytes: bytes.length, ...(pixels && { pixels }) }
}

/** PNG keeps its size at byte 16 (big-endian), GIF at byte 6 (little-endian), JPEG in its first frame header. */
function pixelsOf(bytes: Buffer): ImageFacts['pixels'] {
  const magic = bytes.toString('latin1', 0, 4)
  if (magic === '\x89PNG' && bytes.length >= 24) {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  }
  if (magic === 'GIF8' && bytes.length >= 10) {
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  }
  return magic.startsWith('\xff\xd8') ? jpegPixels(bytes) : undefined
}

function jpegPixels(bytes: Buffer): ImageFacts['pixels'] {
  let at = 2
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
