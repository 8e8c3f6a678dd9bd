/** Draws docs/slides.png, the README's contact sheet: see scripts/slides. Needs pdftoppm (poppler-utils). */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deckSchema, deckThemeNames, parseInput, type DeckInput } from '@tandem/schemas'
import sharp from 'sharp'
import { createDeckRenderer } from '../../src/slides/render/index.ts'
import { arabic, chinese, everyLayout, landscape } from './sample-decks.ts'

const root = join(import.meta.dirname, '../../../..')
const target = join(root, 'docs/slides.png')
const render = createDeckRenderer({ libreOffice: 'none', slots: 1 })
const tile = { width: 320, height: 180, gap: 6, columns: 6 }
/** Of the deck with every layout: which slides each row shows. */
const shown = [1, 5, 7, 10, 11, 17]
const shownOfOthers: [DeckInput, number[]][] = [
  [chinese, [1, 4, 8]],
  [arabic, [1, 4, 5]],
]

const folder = mkdtempSync(join(tmpdir(), 'contact-sheet-'))
try {
  const png = await sharp(Buffer.from(landscape)).png().toBuffer()
  const deck = everyLayout(`data:image/png;base64,${png.toString('base64')}`)
  const rows = deckThemeNames.map((theme) => toTiles({ ...deck, theme }, shown))
  const others = shownOfOthers.map(([each, pages]) => toTiles(each, pages))
  const tiles = (await Promise.all([...rows, ...others])).flat()
  await writeSheet(tiles)
  process.stdout.write(`${target}: ${tiles.length} slides\n`)
} finally {
  rmSync(folder, { recursive: true })
}

async function toTiles(input: DeckInput, pages: readonly number[]): Promise<Buffer[]> {
  const options = { owner: 'a', formats: ['pdf'] as const, images: new Map() }
  const [pdf] = await render(parseInput(deckSchema, input), options, new AbortController().signal)
  const name = `${input.title.length}-${JSON.stringify(input.theme)}`.replaceAll('"', '')
  const path = join(folder, `${name}.pdf`)
  writeFileSync(path, pdf?.bytes ?? '')
  execFileSync('pdftoppm', ['-r', '72', '-png', path, join(folder, name)])
  const files = readdirSync(folder)
    .filter((file) => file.startsWith(`${name}-`) && file.endsWith('.png'))
    .toSorted()
  const { width, height } = tile
  return Promise.all(
    pages.map((page) =>
      sharp(join(folder, files[page - 1] ?? ''))
        .resize(width, height)
        .toBuffer(),
    ),
  )
}

async function writeSheet(tiles: readonly Buffer[]): Promise<void> {
  const { width, height, gap, columns } = tile
  const rows = Math.ceil(tiles.length / columns)
  const parts = tiles.map((input, at) => ({
    input,
    left: gap + (at % columns) * (width + gap),
    top: gap + Math.floor(at / columns) * (height + gap),
  }))
  await sharp({
    create: {
      width: columns * (width + gap) + gap,
      height: rows * (height + gap) + gap,
      channels: 3,
      background: '#9AA1AC',
    },
  })
    .composite(parts)
    .png({ palette: true, colours: 200, effort: 10 })
    .toFile(target)
}
