/** The words of a slide, as lint reads them. */
import type { Block, Slide } from '@tandem/schemas'

export function textsOf(slide: Pick<Slide, 'title' | 'subtitle' | 'blocks'>): string[] {
  const texts = [slide.title, slide.subtitle, ...slide.blocks.flatMap(textsOfBlock)]
  return texts.filter((text) => text !== undefined && text !== '') as string[]
}

/** Code says nothing about the world. */
export function textsOfBlock(block: Block): (string | undefined)[] {
  switch (block.type) {
    case 'bullets':
      return [block.heading, ...block.items.map(textOfBullet)]
    case 'text':
      return [block.heading, block.text]
    case 'chart':
      return [block.heading, block.title, block.takeaway, ...chartNumbers(block)]
    case 'table':
      return [block.heading, block.caption, ...block.columns, ...block.rows.flat().map(toCell)]
    case 'image':
      return [block.heading, block.caption]
    case 'code':
      return [block.heading]
    case 'quote':
      return [block.text, block.by]
    case 'big_number':
      return [String(block.value), block.label]
    case 'timeline':
      return block.items.flatMap(({ when, title, text }) => [when, title, text])
    default:
      return block satisfies never
  }
}

export type Bullet = Extract<Block, { type: 'bullets' }>['items'][number]

export function textOfBullet(bullet: Bullet): string {
  return typeof bullet === 'string' ? bullet : bullet.text
}

function chartNumbers({ categories, series }: Extract<Block, { type: 'chart' }>): string[] {
  const values = series.flatMap((each) => each.values).filter((value) => value !== null)
  return [...categories, ...values.map(String)]
}

function toCell(cell: string | number | boolean | null): string {
  return cell === null ? '' : String(cell)
}

const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,2}|[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.,-]*/gu

/** Two characters count as a word where no spaces part them. */
export function countWords(text: string): number {
  return text.match(word)?.length ?? 0
}
