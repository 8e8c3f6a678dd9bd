import { deckThemeNames, type DeckInput } from '@tandem/schemas'
import { faultsOf } from './check-page.ts'
import { layOut } from './lay-out.ts'
import { arabic, chinese, everyLayout, longDeck } from './sample-decks.ts'
import { sampleImage } from './sample-images.ts'

let picture: string
beforeAll(async () => {
  picture = await sampleImage()
})

async function faults(deck: DeckInput): Promise<string[]> {
  return faultsOf(await layOut(deck))
}

test.each(deckThemeNames)(
  '%s: no layout overflows, overlaps, or is hard to read',
  async (theme) => {
    expect(await faults({ ...everyLayout(picture), theme })).toEqual([])
  },
)

test.each(['clear', 'paper-dark', 'vivid'] as const)('%s in 4:3', async (theme) => {
  expect(await faults({ ...everyLayout(picture), theme, aspect: '4:3' })).toEqual([])
})

test.each(['clear', 'vivid'] as const)('%s with far too much on its slides', async (theme) => {
  const laidOut = await layOut({ ...longDeck(picture), theme })
  expect(faultsOf(laidOut)).toEqual([])
  expect(laidOut.pages.length).toBeGreaterThan(25)
})

test('Chinese, Japanese and Korean', async () => {
  expect(await faults({ ...chinese, theme: 'paper' })).toEqual([])
})

test('Arabic and Hebrew, from right to left', async () => {
  const laidOut = await layOut(arabic)
  expect(faultsOf(laidOut)).toEqual([])
  expect(laidOut.context.rtl).toBe(true)
  const [title] = laidOut.pages[3]!.boxes
  expect(title!.x + title!.w).toBeCloseTo(960 - 52, 0)
})

test('what is divided comes to the same text, in order, and nothing is lost', async () => {
  const items = Array.from({ length: 500 }, (_, at) => `Point ${at + 1} of very many`)
  const { pages } = await layOut({
    title: 'Many',
    slides: [{ title: 'Points', blocks: [{ type: 'bullets', items }] }],
  })
  const shown = pages.flatMap(({ boxes }) =>
    boxes.flatMap((box) =>
      box.kind === 'text' && box.name === 'Bullets'
        ? box.paragraphs.map(({ spans }) => spans.map(({ text }) => text).join(''))
        : [],
    ),
  )
  expect(shown).toEqual(items)
  expect(pages.map(({ title }) => title)).toContain(`Points (2/${pages.length})`)
})

test('a row, a paragraph and a line of code that are higher than a page go on on the next', async () => {
  const words = Array.from({ length: 280 }, (_, at) => `word${at}`).join(' ')
  const laidOut = await layOut({
    title: 'High',
    slides: [
      {
        blocks: [
          {
            type: 'table',
            columns: Array.from({ length: 9 }, (_, at) => `${at}`),
            rows: [[words.slice(0, 1900)]],
          },
        ],
      },
      { blocks: [{ type: 'text', text: `${words} `.repeat(4) }] },
      { blocks: [{ type: 'code', code: 'x'.repeat(9000) }] },
    ],
  })
  expect(faultsOf(laidOut)).toEqual([])
  const cells = laidOut.pages.flatMap(({ boxes }) =>
    boxes.flatMap((box) =>
      box.kind === 'table'
        ? box.rows
            .slice(1)
            .map(({ cells: [cell] }) => cell!.paragraph.spans.map(({ text }) => text).join(''))
        : [],
    ),
  )
  expect(cells.join(' ').split(' ')).toEqual(words.slice(0, 1900).split(' '))
})

test.each([
  ['a point', [{ type: 'bullets', items: ['One point'] }]],
  ['a sentence', [{ type: 'text', text: 'One sentence.' }]],
  ['a table', [{ type: 'table', columns: ['a', 'b'], rows: [['c', 1]] }]],
  ['code', [{ type: 'code', code: 'print(1)' }]],
  [
    'columns',
    [
      { type: 'bullets', items: ['One'], column: 1 },
      { type: 'bullets', items: ['One', 'Two'], column: 2 },
    ],
  ],
] as const)('%s alone stands large and near the middle', async (_, blocks) => {
  const { pages } = await layOut({
    title: 'T',
    slides: [{ title: 'Little is said', blocks: [...blocks] } as never],
  })
  const own = pages[0]!.boxes.filter((box) => box.kind !== 'text' || box.role !== 'title')
  const top = Math.min(...own.map(({ y }) => y))
  expect(top).toBeGreaterThan(540 * 0.25)
  expect(top).toBeLessThan(540 * 0.5)
  const sizes = own.flatMap((box) => ('style' in box ? [box.style.size] : []))
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(20)
})

test('what fills more than half of a slide begins at its top', async () => {
  const items = Array.from({ length: 6 }, (_, at) => `Point ${at + 1} of several`)
  const { pages } = await layOut({
    title: 'T',
    slides: [{ title: 'Much is said', blocks: [{ type: 'bullets', items }] }],
  })
  const list = pages[0]!.boxes.find((box) => box.kind === 'text' && box.name === 'Bullets')
  expect(list!.y).toBeLessThan(540 * 0.25)
})

test('numbered items keep counting where the list goes on', async () => {
  const items = Array.from({ length: 40 }, (_, at) => `Item ${at + 1}`)
  const { pages } = await layOut({
    title: 'Counting',
    slides: [{ title: 'Items', blocks: [{ type: 'bullets', items, numbered: true }] }],
  })
  const markers = pages.flatMap(({ boxes }) =>
    boxes.flatMap((box) => (box.kind === 'text' ? box.paragraphs.map(({ marker }) => marker) : [])),
  )
  const numbers = markers.flatMap((marker) => (marker?.kind === 'number' ? [marker.number] : []))
  expect(numbers).toEqual(items.map((_, at) => at + 1))
})

test('the agenda lists the sections, and references the sources with their numbers', async () => {
  const { pages } = await layOut(everyLayout(picture))
  const textOf = (title: string): string =>
    pages
      .filter((page) => page.title === title)
      .flatMap(({ boxes }) => boxes)
      .flatMap((box) => (box.kind === 'text' ? box.paragraphs : []))
      .flatMap(({ spans }) => spans.map(({ text }) => text))
      .join('|')
  expect(textOf('References')).toContain(
    'State of ML Operations 2026, p. 14| https://example.com/ml-ops-2026',
  )
  expect(textOf('Most delays come from data, not from models')).toContain(
    '[3] Interviews with eleven teams',
  )
})

test('a deck of more pages than anybody can show is refused', async () => {
  const text = 'word\n\n'.repeat(2500)
  const slides = Array.from({ length: 4 }, () => ({ blocks: [{ type: 'text' as const, text }] }))
  await expect(layOut({ title: 'Endless', slides })).rejects.toMatchObject({
    code: 'invalid_request',
    param: 'slides',
  })
})
