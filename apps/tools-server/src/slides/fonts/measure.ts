/** How wide text is, from the fonts’ own tables. */
import { isRightToLeft, isWide, scriptOf } from '../text/scripts.ts'
import type { Face, Family, TextFamily } from './families.ts'
import { openFont } from './open-font.ts'

export interface FontStyle extends Face {
  family: TextFamily
  /** Points. */
  size: number
}

/** Points. Arabic is measured as it is joined; no pairs are moved together, since offices do not do so either. */
export function measureText(text: string, { family, size, bold, italic }: FontStyle): number {
  const face = { bold, italic }
  let ems = 0
  for (const word of text.split(/(?<=\s)/)) ems += measureWord(word, family, face)
  return ems * size
}

const widths = new Map<string, number>()
const maxWidths = 50_000

function measureWord(word: string, family: TextFamily, face: Face): number {
  const key = `${family}${face.bold ? 'b' : ''}${face.italic ? 'i' : ''}:${word}`
  const found = widths.get(key)
  if (found !== undefined) return found
  const joined = Array.from(word).some((char) => scriptOf(char.codePointAt(0) ?? 0) === 'arabic')
  const width = joined ? shapedWidth(word, face) : sumOfWidths(word, family, face)
  if (widths.size >= maxWidths) widths.clear()
  widths.set(key, width)
  return width
}

function shapedWidth(word: string, face: Face): number {
  const font = openFont('ibm-plex-sans-arabic', { ...face, italic: false })
  return font.layout(word).advanceWidth / font.unitsPerEm
}

function sumOfWidths(word: string, family: TextFamily, face: Face): number {
  let sum = 0
  for (const char of word) sum += charWidth(char.codePointAt(0) ?? 0, family, face)
  return sum
}

/** What no font of ours has is taken to be as wide as it is high. */
function charWidth(codePoint: number, family: TextFamily, face: Face): number {
  const script = scriptOf(codePoint)
  if (isWide(script)) return 1
  if (script === 'emoji') return advanceOf('noto-emoji', codePoint, face) ?? 1.3
  const families: Family[] = isRightToLeft(script)
    ? ['noto-sans-hebrew']
    : [family, 'arimo', 'noto-sans-symbols-2', 'noto-sans-math', 'noto-emoji']
  for (const each of families) {
    const advance = advanceOf(each, codePoint, face)
    if (advance !== undefined) return advance
  }
  return /[\p{M}\p{Cf}]/u.test(String.fromCodePoint(codePoint)) ? 0 : 1
}

/** In ems; undefined where the font lacks it. */
function advanceOf(family: Family, codePoint: number, face: Face): number | undefined {
  const font = openFont(family, face)
  if (!font.hasGlyphForCodePoint(codePoint)) return undefined
  return font.glyphForCodePoint(codePoint).advanceWidth / font.unitsPerEm
}
