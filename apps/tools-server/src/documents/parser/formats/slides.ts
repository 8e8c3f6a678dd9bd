/** PPTX: a slide is a page; its title is the heading, its notes come last. */
import type { DocumentBlock } from '@tandem/schemas'
import { openArchive, type Archive } from '../archive.ts'
import { DocumentFault } from '../fault.ts'
import type { Format, Source } from '../source.ts'
import { cutText, toOneLine } from '../text.ts'
import { listProperties, readProperties, readXml, textOfPart } from '../xml.ts'

interface Slide {
  title: string | undefined
  /** Paragraphs; a table's row is one. */
  text: string[]
  notes: string[]
}

export const slides: Format = {
  parse(source) {
    const { archive, slides: found } = read(source)
    const title = readProperties(archive).get('title') ?? found[0]?.title
    return { title, blocks: found.flatMap(toBlocks) }
  },
  describe(source) {
    const { archive, slides: found } = read(source)
    const text = found.map((slide, at) => `[slide ${at + 1}] ${linesOf(slide).join('\n')}`)
    return {
      kind: 'PowerPoint presentation',
      facts: [
        ...listProperties(readProperties(archive)),
        `${found.length} ${found.length === 1 ? 'slide' : 'slides'}`,
      ],
      excerpt: cutText(text.join('\n'), 12_000),
    }
  },
}

const isWanted = (name: string): boolean => /\.(xml|rels)$/.test(name)

function read({ bytes }: Source): { archive: Archive; slides: Slide[] } {
  const archive = openArchive(bytes, isWanted)
  if (!archive['ppt/presentation.xml']) throw new DocumentFault('document_unreadable')
  return { archive, slides: slideParts(archive).map((part) => readSlide(archive, part)) }
}

/** In the order of the presentation, which is not that of the parts' names. */
function slideParts(archive: Archive): string[] {
  const targets = readRelations(archive, 'ppt/_rels/presentation.xml.rels', 'ppt')
  const parts: string[] = []
  readXml(textOfPart(archive, 'ppt/presentation.xml') ?? '', {
    open(name, attributes) {
      const target = targets.get(attributes['r:id'] ?? '')?.part
      if (name === 'p:sldId' && target !== undefined) parts.push(target)
    },
  })
  return parts
}

interface Relation {
  type: string
  part: string
}

function readRelations(archive: Archive, name: string, folder: string): Map<string, Relation> {
  const found = new Map<string, Relation>()
  readXml(textOfPart(archive, name) ?? '', {
    open(tag, { Id, Type = '', Target = '' }) {
      if (tag !== 'Relationship' || Id === undefined) return
      const { pathname } = new URL(Target, `http://part/${folder}/`)
      found.set(Id, { type: Type.split('/').at(-1) ?? '', part: pathname.slice(1) })
    },
  })
  return found
}

function readSlide(archive: Archive, part: string): Slide {
  const name = part.split('/').at(-1) ?? ''
  const relations = readRelations(archive, `ppt/slides/_rels/${name}.rels`, 'ppt/slides')
  const notesPart = [...relations.values()].find(({ type }) => type === 'notesSlide')?.part
  const shapes = readShapes(textOfPart(archive, part) ?? '')
  const notes = notesPart === undefined ? [] : readShapes(textOfPart(archive, notesPart) ?? '')
  const title = shapes.find(({ kind }) => kind === 'title' || kind === 'ctrTitle')
  return {
    title: title && toOneLine(title.lines.join(' ')),
    text: shapes.filter((shape) => shape !== title).flatMap(({ lines }) => lines),
    notes: notes.filter(({ kind }) => kind === 'body').flatMap(({ lines }) => lines),
  }
}

interface Shape {
  /** Of its placeholder, where it is one. */
  kind: string | undefined
  lines: string[]
}

function readShapes(xml: string): Shape[] {
  const shapes: Shape[] = []
  let shape: Shape = { kind: undefined, lines: [] }
  let line = ''
  let cells: string[] | undefined
  let isText = false
  const endLine = (): void => {
    const text = line.trim()
    line = ''
    if (text === '') return
    if (cells) cells[cells.length - 1] = `${cells.at(-1) ?? ''} ${text}`.trim()
    else shape.lines.push(text)
  }
  readXml(xml, {
    open(name, { type }) {
      if (name === 'p:sp' || name === 'p:graphicFrame')
        shapes.push((shape = { kind: undefined, lines: [] }))
      else if (name === 'p:ph') shape.kind = type ?? 'body'
      else if (name === 'a:tr') cells = []
      else if (name === 'a:tc') cells?.push('')
      else if (name === 'a:br') line += '\n'
      isText = name === 'a:t'
    },
    close(name) {
      if (name === 'a:p') endLine()
      if (name === 'a:tr' && cells) {
        shape.lines.push(cells.join(' | '))
        cells = undefined
      }
      isText = false
    },
    text(text) {
      if (isText) line += text
    },
  })
  return shapes
}

function linesOf({ title, text, notes }: Slide): string[] {
  const said = notes.length === 0 ? [] : [`Notes: ${notes.join('\n')}`]
  return [...(title === undefined ? [] : [title]), ...text, ...said]
}

function toBlocks(slide: Slide, at: number): DocumentBlock[] {
  const place = { page: at + 1, ...(slide.title && { heading: slide.title }) }
  return linesOf(slide).map((text) => ({ text, ...place }))
}
