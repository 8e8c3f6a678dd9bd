/** Pictures: their size. They hold no text, and what cameras write into them stays there. */
import { imageSize } from 'image-size'
import type { DocumentDescription } from '../../messages.ts'
import { DocumentFault } from '../fault.ts'
import type { Format, Source } from '../source.ts'

export const image: Format = {
  parse() {
    throw new DocumentFault('document_without_text', {
      message: 'The file is an image: it has no text.',
    })
  },
  describe: ({ bytes, mediaType }: Source): DocumentDescription => {
    try {
      const { width, height, type } = imageSize(bytes)
      const format = (type ?? mediaType.replace('image/', '')).toUpperCase()
      return {
        kind: `${format} image`,
        facts: [`${width} x ${height} pixels`, `format: ${format}`],
        excerpt: '',
      }
    } catch (cause) {
      throw new DocumentFault('document_unreadable', { cause })
    }
  },
}
