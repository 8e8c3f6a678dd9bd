/** Chinese, Japanese and Korean come in slices of a few hundred characters; only those that a text needs are read. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export type EastAsian = 'sc' | 'jp' | 'kr'

export interface Slice {
  /** Of the slice’s file. */
  path: string
}

interface SliceRange {
  from: number
  to: number
  slice: Slice
}

const { resolve } = createRequire(import.meta.url)
const loaded = new Map<EastAsian, SliceRange[]>()

/** The slice that holds a character, or undefined. */
export function findSlice(font: EastAsian, codePoint: number): Slice | undefined {
  const ranges = loaded.get(font) ?? loadRanges(font)
  loaded.set(font, ranges)
  return ranges.find(({ from, to }) => from <= codePoint && codePoint <= to)?.slice
}

function loadRanges(font: EastAsian): SliceRange[] {
  const list = resolve(`@fontsource-variable/noto-sans-${font}/unicode.json`)
  const slices = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>
  return Object.entries(slices).flatMap(([name, ranges]) => {
    const file = `noto-sans-${font}-${name.replaceAll(/[[\]]/g, '')}-wght-normal.woff2`
    const slice = { path: new URL(`files/${file}`, `file://${list}`).pathname }
    return ranges.split(',').map((range) => ({ ...toRange(range), slice }))
  })
}

/** `U+4e00-4e05` or `U+4e00`. */
function toRange(text: string): { from: number; to: number } {
  const [from = '', to = from] = text.replace(/^U\+/i, '').split('-')
  return { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }
}

/** Which font a deck’s Chinese characters are set in. */
export function eastAsianOf(language: string, sample: string): EastAsian {
  const [primary] = language.toLowerCase().split('-')
  if (primary === 'ja') return 'jp'
  if (primary === 'ko') return 'kr'
  if (primary === 'zh') return 'sc'
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(sample)) return 'jp'
  return /\p{Script=Hangul}/u.test(sample) ? 'kr' : 'sc'
}
