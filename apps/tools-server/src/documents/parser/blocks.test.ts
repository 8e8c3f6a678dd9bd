import { describe, expect, it } from '@jest/globals'
import type { DocumentBlock } from '@tandem/schemas'
import { inGoodSize, within } from './blocks.ts'

async function all(blocks: AsyncIterable<DocumentBlock>): Promise<DocumentBlock[]> {
  const found: DocumentBlock[] = []
  for await (const block of blocks) found.push(block)
  return found
}

describe('blocks of a good size', () => {
  it('joins small neighbours of one place, and none of two', async () => {
    const blocks = [
      { text: 'a', line: 1, heading: 'A' },
      { text: 'b', line: 2, heading: 'A' },
      { text: '  ', line: 3, heading: 'A' },
      { text: 'c', line: 4, heading: 'B' },
      { text: 'd', page: 2, heading: 'B' },
    ]
    expect(await all(inGoodSize(blocks))).toEqual([
      { text: 'a\nb', line: 1, heading: 'A' },
      { text: 'c', line: 4, heading: 'B' },
      { text: 'd', page: 2, heading: 'B' },
    ])
  })

  it('cuts what is large between words, or in the middle of a word, and loses nothing', async () => {
    for (const text of ['word '.repeat(3000).trim(), 'x'.repeat(10_001), '😀'.repeat(5000)]) {
      const blocks = await all(inGoodSize([{ text, line: 7 }]))
      expect(blocks.map((block) => block.text).join('')).toBe(text)
      expect(blocks.every((block) => block.text.length <= 4000 && block.text.isWellFormed())).toBe(
        true,
      )
      expect(blocks.every(({ line }) => line === 7)).toBe(true)
    }
  })
})

const of = (...blocks: DocumentBlock[]) =>
  all(within({ maxChars: 10, maxBlocks: 2 }, inGoodSize(blocks)))

describe('bounds', () => {
  it('are kept', async () => {
    expect(await of({ text: '1234567890' })).toHaveLength(1)
    await expect(of({ text: '12345678901' })).rejects.toMatchObject({ code: 'document_too_large' })
    const parts = [1, 2, 3].map((page) => ({ text: 'a', page }))
    await expect(of(...parts)).rejects.toMatchObject({ code: 'document_too_large' })
    await expect(of({ text: ' \n' })).rejects.toMatchObject({ code: 'document_without_text' })
  })
})
