import { isWide, scriptOf } from '../text/scripts.ts'
import { findSlice, type EastAsian, type Slice } from './east-asian.ts'
import type { Face, Family, TextFamily } from './families.ts'
import { openFont } from './open-font.ts'

/** Where the shape of a character comes from. */
export type FontChoice =
  | { kind: 'family'; family: Family }
  | { kind: 'slice'; slice: Slice }
  /** No font has it. */
  | { kind: 'none' }

export interface FontRun {
  text: string
  font: FontChoice
}

const fallbacks: readonly Family[] = [
  'arimo',
  'noto-sans-symbols-2',
  'noto-sans-math',
  'noto-emoji',
]
const invisible = /^(?:[\u200B-\u200F\u2060]|\uFE0E|\uFE0F)$/u

/** Cuts text where its font changes. Marks and joiners stay with what they belong to. */
export function splitByFont(
  text: string,
  { family, face, eastAsian }: { family: TextFamily; face: Face; eastAsian: EastAsian },
): FontRun[] {
  const runs: FontRun[] = []
  for (const char of text) {
    const last = runs.at(-1)
    const font = keepsTo(last?.font, char, face) ?? chooseFont(char, { family, face, eastAsian })
    if (last && isSame(last.font, font)) last.text += char
    else runs.push({ text: char, font })
  }
  return runs
}

/** Spaces, marks and what cannot be seen stay in the font of what stands before them, where it has them. */
function keepsTo(font: FontChoice | undefined, char: string, face: Face): FontChoice | undefined {
  if (font?.kind !== 'family') return undefined
  if (invisible.test(char)) return font
  if (!/[\s\p{M}]/u.test(char)) return undefined
  return hasGlyph(font.family, face, char) ? font : undefined
}

function chooseFont(
  char: string,
  { family, face, eastAsian }: { family: TextFamily; face: Face; eastAsian: EastAsian },
): FontChoice {
  const script = scriptOf(char.codePointAt(0) ?? 0)
  if (script === 'arabic') return { kind: 'family', family: 'ibm-plex-sans-arabic' }
  if (script === 'hebrew') return { kind: 'family', family: 'noto-sans-hebrew' }
  const inOrder = script === 'emoji' ? (['noto-emoji'] as const) : [family, ...fallbacks]
  const found = isWide(script) ? undefined : inOrder.find((each) => hasGlyph(each, face, char))
  if (found) return { kind: 'family', family: found }
  const slice = sliceOf(char, eastAsian)
  return slice ? { kind: 'slice', slice } : { kind: 'none' }
}

function sliceOf(char: string, first: EastAsian): Slice | undefined {
  const codePoint = char.codePointAt(0) ?? 0
  // Some slices list letters of a neighbour’s writing without having them.
  const script = scriptOf(codePoint)
  const own = script === 'hangul' ? 'kr' : script === 'kana' ? 'jp' : first
  const order: EastAsian[] = [own, ...(['sc', 'jp', 'kr'] as const).filter((each) => each !== own)]
  for (const font of order) {
    const slice = findSlice(font, codePoint)
    if (slice) return slice
  }
  return undefined
}

function hasGlyph(family: Family, face: Face, char: string): boolean {
  return openFont(family, face).hasGlyphForCodePoint(char.codePointAt(0) ?? 0)
}

function isSame(a: FontChoice, b: FontChoice): boolean {
  if (a.kind === 'family') return b.kind === 'family' && a.family === b.family
  if (a.kind === 'slice') return b.kind === 'slice' && a.slice.path === b.slice.path
  return b.kind === 'none'
}
