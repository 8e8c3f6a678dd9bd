/** How long 30 slides with charts take to draw, without a model: see scripts/bench/slides. */
import { cpus, loadavg } from 'node:os'
import { deckSchema, parseInput, type DeckFormat, type Slide } from '@tandem/schemas'
import { createDeckRenderer } from '../../src/slides/render/index.ts'

const runs = 5
/** Seconds. */
const bounds = { pptx: 3, pdf: 10 } as const

type Content = Pick<Slide, 'title'> & { blocks: unknown[] }

/** A third charts beside bullets, a third lists, a third tables. */
function thirtySlides(): unknown {
  const slides = Array.from({ length: 28 }, (_, at): Content => {
    const title = `Claim number ${at + 1}, which is neither short nor long`
    const items = Array.from(
      { length: 5 },
      (__, each) => `Point ${each + 1} of slide ${at + 1}, with **some** words`,
    )
    if (at % 3 === 0) return { title, blocks: [toChart(at), { type: 'bullets', items }] }
    if (at % 3 === 1) return { title, blocks: [{ type: 'bullets', items }] }
    const rows = Array.from({ length: 6 }, (__, row) => [
      `Row ${row}`,
      row * at,
      `${row * 7}%`,
      'Remark',
    ])
    return {
      title,
      blocks: [{ type: 'table', columns: ['Name', 'Count', 'Share', 'Remark'], rows }],
    }
  })
  return { title: 'Thirty slides', slides: [{ layout: 'title' }, ...slides, { layout: 'closing' }] }
}

function toChart(at: number): unknown {
  const categories = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun']
  const values = (shift: number): number[] =>
    categories.map((_, month) => ((month + shift) * 37) % 90)
  const kind = (['column', 'line', 'bar', 'area'] as const)[at % 4]
  const series = [
    { name: 'This year', values: values(at) },
    { name: 'Last year', values: values(at + 3) },
  ]
  return { type: 'chart', kind, categories, series }
}

async function measure(format: DeckFormat, libreOffice: string): Promise<number[]> {
  const deck = parseInput(deckSchema, thirtySlides())
  const render = createDeckRenderer({ libreOffice, slots: 1 })
  const seconds: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now()
    const [file] = await render(
      deck,
      { owner: 'a', formats: [format], images: new Map() },
      new AbortController().signal,
    )
    if (file?.slides !== 30) throw new Error(`It came to ${file?.slides} slides.`)
    seconds.push((performance.now() - started) / 1000)
  }
  return seconds.toSorted((a, b) => a - b)
}

const cells = [
  ['PPTX', 'pptx', 'none'],
  ['PDF, drawn', 'pdf', 'none'],
  ['PDF, by LibreOffice where it is', 'pdf', 'soffice'],
  ['HTML', 'html', 'none'],
  ['Markdown', 'md', 'none'],
] as const
const load = loadavg()[0]?.toFixed(1)
process.stdout.write(
  `30 slides, 10 charts, ${runs} runs; ${cpus().length} cores, load ${load}; seconds, process start included\n`,
)
let isMissed = false
for (const [name, format, libreOffice] of cells) {
  const seconds = await measure(format, libreOffice)
  const median = seconds[Math.floor(runs / 2)] ?? 0
  const bound = format === 'pptx' || format === 'pdf' ? bounds[format] : undefined
  const verdict =
    bound === undefined ? '' : median < bound ? `  (under ${bound}: yes)` : `  (under ${bound}: NO)`
  isMissed ||= bound !== undefined && median >= bound
  process.stdout.write(
    `${name.padEnd(34)} median ${median.toFixed(2)}  worst ${(seconds.at(-1) ?? 0).toFixed(2)}${verdict}\n`,
  )
}
process.exitCode = isMissed && process.argv.includes('--check') ? 1 : 0
