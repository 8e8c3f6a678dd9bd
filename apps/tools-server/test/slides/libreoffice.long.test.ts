/** PPTX files as LibreOffice opens them, where it is installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deckSchema, parseInput, type DeckInput } from '@tandem/schemas'
import { createDeckRenderer } from '../../src/slides/render/index.ts'
import { layOut } from './lay-out.ts'
import { arabic, everyLayout, longDeck } from './sample-decks.ts'
import { sampleImage } from './sample-images.ts'
import { textOfBoxes } from './text-of-boxes.ts'

const isInstalled = [
  ['soffice', '--version'],
  ['pdftotext', '-v'],
].every(([program, flag]) => spawnSync(program!, [flag!]).status === 0)
if (!isInstalled)
  console.warn('LibreOffice or pdftotext is not installed: how PPTX files open is NOT checked.')
const withOffice = isInstalled ? test : test.skip

const folder = mkdtempSync(join(tmpdir(), 'slides-office-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function toPdf(deck: DeckInput): Promise<string> {
  const draw = createDeckRenderer({ libreOffice: 'soffice', slots: 1 })
  const options = { owner: 'a', formats: ['pdf'] as const, images: new Map() }
  const [file] = await draw(parseInput(deckSchema, deck), options, new AbortController().signal)
  const path = join(folder, 'deck.pdf')
  writeFileSync(path, file!.bytes)
  return path
}

withOffice.each(['clear', 'paper-dark', 'vivid'] as const)(
  '%s opens with every slide, all of its text, our fonts, and nothing outside of the page',
  async (theme) => {
    const picture = await sampleImage()
    for (const deck of [everyLayout(picture), longDeck(picture)]) {
      const input = { ...deck, theme }
      const path = await toPdf(input)
      const read = execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' })
      const { pages } = await layOut(input)
      const seen = read
        .split('\f')
        .slice(0, -1)
        .map((page) => page.replaceAll(/\s/g, ''))
      expect(seen).toHaveLength(pages.length)
      for (const [at, page] of pages.entries()) {
        const words = textOfBoxes(page).split(/\s+/)
        // Programs break lines, and words that are longer than a line, each in its own place.
        const missing = words.filter((word) => word.length < 40 && !seen[at]!.includes(word))
        expect({ page: page.title, missing }).toEqual({ page: page.title, missing: [] })
      }
      expect(execFileSync('pdffonts', [path], { encoding: 'utf8' })).not.toMatch(
        /DejaVu|Liberation/,
      )
      const boxes = execFileSync('pdftotext', ['-bbox', path, '-'], { encoding: 'utf8' })
      const outside = Array.from(
        boxes.matchAll(/xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"/g),
        (match) => match.slice(1).map(Number),
      ).filter(
        ([left = 0, top = 0, right = 0, bottom = 0]) =>
          left < 10 || top < 10 || right > 950 || bottom > 535,
      )
      expect(outside).toEqual([])
    }
  },
  240_000,
)

withOffice(
  'an Arabic deck opens',
  async () => {
    const read = execFileSync('pdftotext', ['-layout', await toPdf(arabic), '-'], {
      encoding: 'utf8',
    })
    expect(read.split('\f')).toHaveLength(arabic.slides.length + 1)
    expect(read.normalize('NFKC')).toContain('GPT-4')
  },
  120_000,
)
