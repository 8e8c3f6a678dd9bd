/** What the library writes otherwise than the format asks for, or cannot write at all, put right in the finished file. */
import { strFromU8, strToU8, unzipSync, zipSync, type Unzipped } from 'fflate'
import type { LaidOutDeck, Page, TextBox } from '../../layout/types.ts'
import { eastAsianFonts } from './language.ts'
import { toHex } from './units.ts'

const emuPerPoint = 12_700

export function mendPptx(bytes: Uint8Array<ArrayBuffer>, laidOut: LaidOutDeck): Uint8Array {
  const parts = unzipSync(bytes)
  const mended: Unzipped = {}
  for (const [name, part] of Object.entries(parts)) {
    // Folders are no parts.
    if (!name.endsWith('/')) mended[name] = mendPart(name, part, laidOut)
  }
  const types = '[Content_Types].xml'
  mended[types] = strToU8(withoutAbsent(strFromU8(mended[types] ?? new Uint8Array()), mended))
  return zipSync(mended, { level: 6 })
}

function mendPart(
  name: string,
  part: Uint8Array<ArrayBuffer>,
  laidOut: LaidOutDeck,
): Uint8Array<ArrayBuffer> {
  const slide = /^ppt\/slides\/slide(\d+)\.xml$/.exec(name)
  const page = slide ? laidOut.pages[Number(slide[1]) - 1] : undefined
  if (page) return strToU8(mendSlide(strFromU8(part), page, laidOut))
  if (/^ppt\/slideLayouts\/slideLayout\d+\.xml$/.test(name))
    return strToU8(numberShapes(strFromU8(part)))
  if (/^ppt\/notesSlides\/notesSlide\d+\.xml$/.test(name))
    return strToU8(mendNotes(strFromU8(part)))
  if (/^ppt\/charts\/chart\d+\.xml$/.test(name)) return strToU8(mendChart(strFromU8(part)))
  if (name === 'docProps/app.xml') return strToU8(mendApp(strFromU8(part)))
  return part
}

function mendSlide(xml: string, page: Page, { context }: LaidOutDeck): string {
  const bullet = `<a:buClr><a:srgbClr val="${toHex(context.theme.colors.accentText)}"/></a:buClr>`
  const fonts = `<a:ea typeface="${eastAsianFonts[context.eastAsian]}" pitchFamily="34" charset="-122"/>`
  const mended = oneParagraphStart(xml)
    .replaceAll('<a:buSzPct val="100000"/>', `${bullet}<a:buSzPct val="100000"/>`)
    .replaceAll(/<a:ea typeface="[^"]*" pitchFamily="34" charset="-122"\/>/g, fonts)
  return numberShapes(placeTitle(mended, page))
}

/** The library repeats a paragraph’s properties before each of its runs. */
function oneParagraphStart(xml: string): string {
  return xml.replaceAll(/<\/a:r><a:pPr\b[^>]*>.*?<\/a:pPr>/gs, '</a:r>')
}

/** The library puts every title where its master has it. */
function placeTitle(xml: string, { boxes }: Page): string {
  const title = boxes.find((box): box is TextBox => box.kind === 'text' && box.role === 'title')
  if (!title) return xml
  const place = `<a:off x="${toEmu(title.x)}" y="${toEmu(title.y)}"/><a:ext cx="${toEmu(title.w)}" cy="${toEmu(title.h)}"/>`
  const named = xml.replace(
    /name="[^"]*"(><\/p:cNvPr><p:cNvSpPr\/><p:nvPr><p:ph\b[^>]*type="title")/,
    'name="Title"$1',
  )
  return named.replace(
    /(<p:ph\b[^>]*type="title"[^>]*>(?:(?!<\/p:sp>).)*?<a:xfrm>)<a:off[^>]*\/><a:ext[^>]*\/>/s,
    (_, before: string) => `${before}${place}`,
  )
}

function toEmu(points: number): number {
  return Math.round(points * emuPerPoint)
}

/** Every shape of a slide needs a number of its own; 1 is the slide’s tree. */
function numberShapes(xml: string): string {
  let id = 0
  return xml.replaceAll(/(<p:cNvPr )id="\d+"/g, (_, start: string) => `${start}id="${(id += 1)}"`)
}

/** A line of the notes is a paragraph. */
function mendNotes(xml: string): string {
  const between = '</a:t></a:r></a:p><a:p><a:r><a:rPr lang="en-US" dirty="0"/><a:t>'
  return xml.replaceAll(
    /<a:t>([^<]*)<\/a:t>/g,
    (_, text: string) => `<a:t>${text.split(/\r?\n/).join(between)}</a:t>`,
  )
}

/** A value that is missing is no point at all. */
function mendChart(xml: string): string {
  return xml.replaceAll(/<c:pt idx="\d+"><c:v><\/c:v><\/c:pt>/g, '')
}

/** An empty name of a company would be shown as one. */
function mendApp(xml: string): string {
  return xml.replace('<Company></Company>', '')
}

/** The library lists a master for each slide; there is one. */
function withoutAbsent(types: string, parts: Unzipped): string {
  return types.replaceAll(/<Override [^>]*PartName="\/([^"]+)"[^>]*\/>/g, (entry, name: string) =>
    parts[name] ? entry : '',
  )
}
