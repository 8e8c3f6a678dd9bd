import { expect, it } from '@jest/globals'
import { startCpuClock } from '@tandem/testing'
import { chunkDocument } from './chunk-document.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { hashOf, toEmbed } from './to-embed.ts'

const sentence = (at: number): string => `This is sentence number ${at} of a long and even text.`
const prose = Array.from({ length: 60 }, (_, at) => sentence(at)).join(' ')

it('cuts long text at sentences, within the size, and loses nothing', () => {
  const chunks = chunkDocument({ title: 'T', blocks: [{ text: prose }] }, { size: 100, overlap: 0 })
  expect(chunks.length).toBeGreaterThan(6)
  for (const { text } of chunks) {
    expect(estimateTokens(text)).toBeLessThanOrEqual(100)
    expect(text).toMatch(/^This .*\.$/s)
  }
  expect(chunks.map(({ text }) => text).join(' ')).toBe(prose)
})

it('repeats the last sentences of a chunk in the next one', () => {
  const chunks = chunkDocument(
    { title: 'T', blocks: [{ text: prose }] },
    { size: 100, overlap: 30 },
  )
  for (const [at, { text }] of chunks.slice(1).entries()) {
    const first = /^This is sentence number \d+/.exec(text)?.[0] ?? 'none'
    expect(chunks[at]?.text).toContain(first)
    expect(estimateTokens(text)).toBeLessThanOrEqual(100)
  }
})

it('joins small blocks, but never over a heading or a sheet', () => {
  const blocks = [
    { text: 'One.', heading: 'A', page: 1 },
    { text: 'Two.', heading: 'A', page: 1 },
    { text: 'Three.', heading: 'A', page: 2 },
    { text: 'Four.', heading: 'B', page: 2 },
    { text: 'Five.', sheet: 'S', line: 7 },
  ]
  expect(chunkDocument({ title: 'T', blocks }, { size: 100, overlap: 30 })).toEqual([
    { text: 'One.\nTwo.\nThree.', place: { heading: 'A', page: 1 } },
    { text: 'Four.', place: { heading: 'B', page: 2 } },
    { text: 'Five.', place: { sheet: 'S', line: 7 } },
  ])
})

it('begins a new chunk on a new page where the last one is half full', () => {
  const blocks = [
    { text: prose.slice(0, 900), page: 1 },
    { text: 'Next page.', page: 2 },
  ]
  const chunks = chunkDocument({ title: 'T', blocks }, { size: 220, overlap: 0 })
  expect(chunks.at(-1)).toEqual({ text: 'Next page.', place: { page: 2 } })
})

it.each([
  ['nothing', ''],
  ['white space', ' \n\t\n '],
])('makes nothing of %s', (_, text) => {
  expect(chunkDocument({ title: 'T', blocks: [{ text }] }, { size: 100, overlap: 10 })).toEqual([])
})

it.each([
  ['a word of a million letters', 'a'.repeat(1_000_000)],
  ['Chinese without spaces', '深度学习模型在检索中的应用'.repeat(500)],
  ['one long line of numbers', '3.14159 '.repeat(20_000)],
  ['emoji', '😀👍🏽'.repeat(3000)],
  ['lines without sentences', 'key: value\n'.repeat(5000)],
])('cuts %s in time, within the size', (_, text) => {
  const spent = startCpuClock()
  const chunks = chunkDocument({ title: 'T', blocks: [{ text }] }, { size: 220, overlap: 30 })
  expect(spent()).toBeLessThan(5000)
  expect(chunks.length).toBeGreaterThan(0)
  for (const chunk of chunks) {
    expect(estimateTokens(chunk.text)).toBeLessThanOrEqual(230)
    expect(chunk.text.isWellFormed()).toBe(true)
  }
})

it('embeds a chunk under its title and headings, once', () => {
  expect(toEmbed({ title: 'Book', heading: 'Part', text: 'Words.' })).toBe('Book > Part\nWords.')
  expect(toEmbed({ title: 'a title', text: 'A title and more' })).toBe('A title and more')
  expect(hashOf('x')).toHaveLength(32)
})
