/** Puts right what can be put right without a model: nothing is lost, what leaves the slide goes into its notes. */
import type { Block, Slide } from '@tandem/schemas'
import { isLong, limits, missingNumbers } from './rules.ts'
import { countWords, textOfBullet, textsOf, textsOfBlock } from './slide-text.ts'

type BulletsBlock = Extract<Block, { type: 'bullets' }>

/** Long points end where their first clause does; the whole sentence is for the speaker. */
export function shortenBullets(slide: Slide): Slide {
  const spoken: string[] = []
  const blocks = mapBullets(slide.blocks, (items) =>
    items.flatMap((item, at) => {
      const text = textOfBullet(item)
      const short = isLong(text) ? firstClause(text) : text
      if (short === text) return [item]
      spoken.push(text)
      // What is left of two may be the same.
      const isTwice = items.slice(0, at).some((other) => textOfBullet(other).startsWith(short))
      return isTwice ? [] : [typeof item === 'string' ? short : { ...item, text: short }]
    }),
  )
  return withNotes({ ...slide, blocks }, spoken)
}

const clauseEnd = /(?:[;:.]|\s[–—-]|,)\s+|\s*[,，；。：]\s*|\s+(?=\()/gu

/** The longest beginning of whole clauses that is short enough; else the point stays as it is. */
function firstClause(text: string): string {
  const ends = [...text.matchAll(clauseEnd)].map(({ index }) => text.slice(0, index).trim())
  const short = ends.filter((head) => {
    const words = countWords(head)
    return words >= 3 && words <= limits.bulletWords
  })
  return short.at(-1) ?? text
}

/** The points after the first six become a slide of their own. */
export function partBullets(slide: Slide): Slide[] {
  const at = slide.blocks.findIndex(isTooLongList)
  const list = slide.blocks[at]
  if (list?.type !== 'bullets') return [slide]
  const half = Math.min(limits.bullets, Math.ceil(list.items.length / 2))
  const first = { ...list, items: list.items.slice(0, half) }
  const rest = { ...list, items: list.items.slice(half) }
  const { notes: _, ...second } = slide
  return [
    { ...slide, blocks: slide.blocks.with(at, first) },
    ...partBullets({ ...second, blocks: [rest] }),
  ]
}

/** The points after the first six are for the speaker. */
export function cutBullets(slide: Slide): Slide {
  const spoken: string[] = []
  const blocks = mapBullets(slide.blocks, (items) => {
    spoken.push(...items.slice(limits.bullets).map(textOfBullet))
    return items.slice(0, limits.bullets)
  })
  return withNotes({ ...slide, blocks }, spoken)
}

/** Points from the end on are for the speaker, until there is room on the slide. */
export function cutWords(slide: Slide): Slide {
  const words = textsOf(slide).reduce((sum, text) => sum + countWords(text), 0)
  const longest = slide.blocks
    .filter((block): block is BulletsBlock => block.type === 'bullets')
    .toSorted((a, b) => b.items.length - a.items.length)[0]
  const last = longest?.items.at(-1)
  if (words <= limits.slideWords || !longest || longest.items.length < 3 || last === undefined)
    return slide
  const shorter = { ...longest, items: longest.items.slice(0, -1) }
  const blocks = slide.blocks.map((block) => (block === longest ? shorter : block))
  return cutWords(withNotes({ ...slide, blocks }, [textOfBullet(last)]))
}

/**
 * Points and blocks with numbers that the evidence does not have leave the slide. Undefined where nothing would be left.
 */
export function dropUnsourced(slide: Slide, evidence: ReadonlySet<number>): Slide | undefined {
  const spoken: string[] = []
  const isMissing = (texts: readonly (string | undefined)[]): boolean =>
    missingNumbers(
      texts.filter((text) => text !== undefined),
      evidence,
    ).length > 0
  const blocks = slide.blocks.flatMap((block): Block[] => {
    if (block.type !== 'bullets') return isMissing(textsOfBlock(block)) ? [] : [block]
    const items = block.items.filter((item) => !isMissing([textOfBullet(item)]))
    const gone = block.items.filter((item) => !items.includes(item)).map(textOfBullet)
    spoken.push(...gone.map((text) => `Not found in the sources: ${text}`))
    return items.length > 0 ? [{ ...block, items }] : []
  })
  if (blocks.length === 0 || isMissing([slide.title])) return undefined
  return withNotes({ ...slide, blocks }, spoken)
}

function isTooLongList(block: Block): boolean {
  return block.type === 'bullets' && block.items.length > limits.bullets
}

function mapBullets(
  blocks: readonly Block[],
  map: (items: BulletsBlock['items']) => BulletsBlock['items'],
): Block[] {
  return blocks.map((block) =>
    block.type === 'bullets' ? { ...block, items: map(block.items) } : block,
  )
}

export function withNotes(slide: Slide, spoken: readonly string[]): Slide {
  if (spoken.length === 0) return slide
  const notes = [slide.notes, ...spoken].filter(Boolean).join('\n')
  return { ...slide, notes: notes.slice(0, 20_000) }
}
