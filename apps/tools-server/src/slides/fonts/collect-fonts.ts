/** The fonts that pages use, each cut down to the characters that are used where that is wanted. */
import { readFile } from 'node:fs/promises'
import subsetFont from 'subset-font'
import type { GlyphRun, Mark } from '../draw/marks.ts'
import { fontPath } from './open-font.ts'

export interface UsedFont {
  key: string
  run: GlyphRun
  text: string
}

/** A name for the font of a run: the same for all that are drawn with the same shapes. */
export function fontKeyOf({ font, family, face }: GlyphRun): string {
  if (font.kind === 'slice') {
    const [name = ''] = /noto-sans-\w+-\d+/.exec(font.slice.path) ?? []
    return `${name}${face.bold ? '-bold' : ''}`
  }
  const named = font.kind === 'family' ? font.family : family
  return `${named}${face.bold ? '-bold' : ''}${face.italic ? '-italic' : ''}`
}

export function collectFonts(pages: readonly (readonly Mark[])[]): UsedFont[] {
  const used = new Map<string, { run: GlyphRun; chars: Set<string> }>()
  for (const mark of pages.flat()) {
    if (mark.kind !== 'text') continue
    for (const run of mark.runs) {
      const key = fontKeyOf(run)
      const entry = used.get(key) ?? { run, chars: new Set() }
      used.set(key, entry)
      for (const char of run.text) entry.chars.add(char)
    }
  }
  return [...used].map(([key, { run, chars }]) => ({ key, run, text: [...chars].join('') }))
}

/** The bytes of a font with these characters only. Slices are variable; they are fixed at the weight of the run. */
export async function subsetOf(
  { run, text }: UsedFont,
  targetFormat: 'truetype' | 'woff2',
): Promise<Buffer> {
  const { font, family, face } = run
  const path =
    font.kind === 'slice'
      ? font.slice.path
      : fontPath(font.kind === 'family' ? font.family : family, face)
  return subsetFont(await readFile(path), text, {
    targetFormat,
    ...(font.kind === 'slice' && { variationAxes: { wght: face.bold ? 700 : 400 } }),
  })
}
