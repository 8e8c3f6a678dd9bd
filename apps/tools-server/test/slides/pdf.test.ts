/** The PDF that is drawn without any other program, read back by poppler where that is installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeckInput } from '@tandem/schemas'
import { textOfBoxes } from './text-of-boxes.ts'
import { layOut } from './lay-out.ts'
import { render } from './render.ts'
import { arabic, chinese, everyLayout } from './sample-decks.ts'
import { sampleImage } from './sample-images.ts'

const hasPoppler = spawnSync('pdftotext', ['-v']).status === 0
if (!hasPoppler)
  console.warn('pdftotext is not installed (poppler-utils): the text of PDFs is NOT checked.')
const withPoppler = hasPoppler ? test : test.skip

const folder = mkdtempSync(join(tmpdir(), 'slides-pdf-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function pagesOf(deck: DeckInput): Promise<string[]> {
  const [file] = await render(deck, ['pdf'])
  const path = join(folder, 'deck.pdf')
  writeFileSync(path, file!.bytes)
  return execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' })
    .split('\f')
    .slice(0, -1)
}

/** Words in any order: columns are read row by row. */
function wordsOf(text: string): string[] {
  return text
    .split(/[\s•]+/)
    .filter((word) => word !== '')
    .toSorted()
}

test('a PDF comes out without any other program, with its pages and its title', async () => {
  const [file] = await render(everyLayout(await sampleImage()), ['pdf'])
  const text = Buffer.from(file!.bytes).toString('latin1')
  expect(text.startsWith('%PDF-1')).toBe(true)
  expect(text.match(/\/Type \/Page\b/g)).toHaveLength(file!.slides)
  expect(file).toMatchObject({
    mediaType: 'application/pdf',
    name: 'How small teams ship reliable machine learning.pdf',
  })
})

withPoppler('its text is the text of the deck, page by page', async () => {
  const deck = everyLayout(await sampleImage())
  const [read, { pages }] = [await pagesOf(deck), await layOut(deck)]
  expect(read).toHaveLength(pages.length)
  for (const [at, page] of pages.entries()) {
    const missing = wordsOf(textOfBoxes(page)).filter((word) => !read[at]!.includes(word))
    expect({ page: page.title, missing }).toEqual({ page: page.title, missing: [] })
  }
})

withPoppler('Chinese, Japanese and Korean can be read back', async () => {
  const read = (await pagesOf(chinese)).join('\n').replaceAll(/\s/g, '')
  for (const text of [
    '数据质量决定模型上限',
    'データの品質がモデルの上限を決めます',
    '작은모델이비용에서이긴다',
  ]) {
    expect(read).toContain(text)
  }
})

withPoppler('every letter of an Arabic page is there', async () => {
  const read = (await pagesOf(arabic))[3]!.normalize('NFKC')
  for (const word of ['جودة', 'البيانات', 'النموذج', 'GPT-4']) expect(read).toContain(word)
})
