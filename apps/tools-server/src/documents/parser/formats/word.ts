/** DOCX, by way of HTML: its headings, lists and tables are those of its styles. */
import mammoth from 'mammoth'
import { openArchive, repack, type Archive } from '../archive.ts'
import { DocumentFault } from '../fault.ts'
import type { Format, Source } from '../source.ts'
import { cutText } from '../text.ts'
import { listProperties, readProperties } from '../xml.ts'
import { listHeadings } from './html.ts'
import { readHtml, type HtmlText } from './html-blocks.ts'

export const word: Format = {
  async parse(source) {
    const { archive, html } = await read(source)
    return { title: readProperties(archive).get('title') ?? html.title, blocks: html.blocks }
  },
  async describe(source) {
    const { archive, html } = await read(source)
    const text = html.blocks.map((block) => block.text).join('\n')
    const words = text.split(/\s+/).filter(Boolean).length
    return {
      kind: 'Word document',
      facts: [
        ...listProperties(readProperties(archive)),
        `${words} words`,
        ...listHeadings(html.headings),
      ],
      excerpt: cutText(text, 12_000),
    }
  },
}

/** Pictures have no text. */
const isWanted = (name: string): boolean => !name.includes('/media/')

async function read({ bytes }: Source): Promise<{ archive: Archive; html: HtmlText }> {
  const archive = openArchive(bytes, isWanted)
  if (!archive['word/document.xml']) throw new DocumentFault('document_unreadable')
  const buffer = Buffer.from(repack(archive))
  const convertImage = mammoth.images.imgElement(() => Promise.resolve({ src: '' }))
  const { value } = await mammoth.convertToHtml({ buffer }, { convertImage })
  return { archive, html: readHtml(value) }
}
