import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { deckSchema, parseInput, type DeckFormat, type DeckInput } from '@tandem/schemas'
import { readHtml } from '../../src/documents/parser/formats/html-blocks.ts'
import { createDeckRenderer, type RenderDeck } from '../../src/slides/render/index.ts'
import { faultsOfPptx } from './check-pptx.ts'
import { render, textOf } from './render.ts'

const folder = mkdtempSync(join(tmpdir(), 'slides-renderer-'))
afterAll(() => rmSync(folder, { recursive: true }))

const small: DeckInput = {
  title: 'Small / deck: "one"?',
  language: 'en',
  slides: [
    { layout: 'title' },
    {
      title: 'A claim',
      notes: 'Say --> this',
      blocks: [
        { type: 'bullets', items: ['**Bold** and <b>plain</b>', '# no heading', '--- no rule'] },
      ],
    },
    {
      title: 'Numbers',
      blocks: [
        { type: 'chart', categories: ['a | b', 'c'], series: [{ name: 'n', values: [1, 2] }] },
      ],
    },
    { title: 'Code', blocks: [{ type: 'code', code: '```\nfence\n```\n\n---\n\n<script>' }] },
  ],
}

/** A program that stands in for LibreOffice. */
function standIn(name: string, script: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

function drawAs(
  owner: string,
  draw: RenderDeck,
  signal = new AbortController().signal,
): Promise<unknown> {
  return draw(parseInput(deckSchema, small), { owner, formats: ['md'], images: new Map() }, signal)
}

test('decks of one user wait for each other, and not in front of everybody else’s', async () => {
  const draw = createDeckRenderer({ libreOffice: 'none', slots: 1 })
  const order: string[] = []
  const drawn = async (owner: string): Promise<void> => {
    await drawAs(owner, draw)
    order.push(owner)
  }
  await Promise.all([drawn('a'), drawn('a'), drawn('a'), drawn('a'), drawn('b')])
  expect(order.indexOf('b')).toBeLessThanOrEqual(2)
  expect(order).toHaveLength(5)
})

test('one user does not hold every slot', async () => {
  const draw = createDeckRenderer({ libreOffice: 'none', slots: 2 })
  const order: string[] = []
  const drawn = async (owner: string): Promise<void> => {
    await drawAs(owner, draw)
    order.push(owner)
  }
  await Promise.all([drawn('a'), drawn('a'), drawn('b')])
  // Began at once, so it ends before the second of the other's.
  expect(order[2]).toBe('a')
})

test('so many of one user wait and no more; nobody else is refused for it', async () => {
  const draw = createDeckRenderer({ libreOffice: 'none', slots: 1 })
  const abort = new AbortController()
  const begun = Array.from({ length: 11 }, () => drawAs('a', draw, abort.signal))
  await expect(drawAs('a', draw)).rejects.toMatchObject({
    code: 'rate_limit_exceeded',
    status: 429,
    message: '10 of your decks already wait for their turn.',
  })
  await expect(drawAs('b', draw)).resolves.toHaveLength(1)
  abort.abort(new Error('enough'))
  await Promise.allSettled(begun)
})

async function renderWith(libreOffice: string, formats: DeckFormat[], signal?: AbortSignal) {
  const draw = createDeckRenderer({ libreOffice, slots: 2 })
  const options = { owner: 'a', formats, images: new Map() }
  return draw(parseInput(deckSchema, small), options, signal ?? new AbortController().signal)
}

test('all formats come in the order asked for, named after the deck', async () => {
  const files = await render(small, ['md', 'pptx', 'html', 'pdf'])
  expect(files.map(({ format }) => format)).toEqual(['md', 'pptx', 'html', 'pdf'])
  expect(files.map(({ name }) => name)).toEqual(
    ['md', 'pptx', 'html', 'pdf'].map((format) => `Small deck one.${format}`),
  )
  expect(faultsOfPptx(files[1]!.bytes, 4)).toEqual([])

  const markdown = textOf(files[0]!)
  const [, , ...parts] = markdown.split(/^---$/m)
  expect(markdown).toContain('marp: true')
  expect(markdown).toContain(String.raw`\# no heading`)
  expect(markdown).toContain('**Bold** and &lt;b&gt;plain&lt;/b&gt;')
  expect(markdown).toContain(String.raw`| a \| b | 1 |`)
  expect(markdown).toContain('Say --&gt; this')
  expect(markdown).toContain('````\n```\nfence')
  // The rule within the code is none.
  expect(parts.length).toBe(5)

  const html = textOf(files[2]!)
  expect(html.match(/<section /g)).toHaveLength(4)
  expect(html).not.toMatch(/<script|<b>|<link|src=|url\((?!data:)/)
  expect(html).toContain("default-src 'none'")
  expect(html).toContain('&lt;script&gt;')

  const read = readHtml(html).blocks.map(({ text }) => text)
  expect(read).toEqual(expect.arrayContaining(['Bold and <b>plain</b>', 'n: a | b 1, c 2']))
  expect(readHtml(html).headings.map(({ text }) => text)).toContain('A claim')
})

test('where LibreOffice is there it makes the PDF, knowing nothing of the server', async () => {
  const program = standIn(
    'works',
    `env > ${folder}/env; printf '%%PDF-from-office' > "$(dirname "$9")/deck.pdf"; pwd > ${folder}/cwd`,
  )
  process.env['SLIDES_TEST_SECRET'] = 'sesame'
  const [pdf, markdown] = await renderWith(program, ['pdf', 'md'])
  delete process.env['SLIDES_TEST_SECRET']
  expect(textOf(pdf!)).toBe('%PDF-from-office')
  expect(markdown!.format).toBe('md')
  expect(readFileSync(join(folder, 'env'), 'utf8')).not.toContain('sesame')
  expect(existsSync(readFileSync(join(folder, 'cwd'), 'utf8').trim())).toBe(false)
})

test.each([
  ['fails', 'exit 1'],
  ['makes nothing', 'exit 0'],
  ['is not there', undefined],
])('a PDF comes out where LibreOffice %s', async (name, script) => {
  const program =
    script === undefined ? join(folder, 'absent') : standIn(name.replace(' ', '-'), script)
  const [pdf] = await renderWith(program, ['pdf'])
  expect(textOf(pdf!).startsWith('%PDF-1')).toBe(true)
})

test('Chinese is drawn with our own fonts, whether LibreOffice is there or not', async () => {
  const program = standIn('unasked', `touch ${folder}/asked; exit 1`)
  const draw = createDeckRenderer({ libreOffice: program, slots: 1 })
  const deck = parseInput(deckSchema, { title: '机器学习', slides: [{ layout: 'title' }] })
  const [pdf] = await draw(
    deck,
    { owner: 'a', formats: ['pdf'], images: new Map() },
    new AbortController().signal,
  )
  expect(textOf(pdf!).startsWith('%PDF-1')).toBe(true)
  expect(existsSync(join(folder, 'asked'))).toBe(false)
})

test('an abort ends the program and all that it started', async () => {
  const marker = join(folder, 'alive')
  const program = standIn(
    'hangs',
    `sh -c 'while :; do date +%s%N > ${marker}; sleep 0.05; done' & wait`,
  )
  const abort = new AbortController()
  const rendering = renderWith(program, ['pdf'], abort.signal)
  while (!existsSync(marker)) await pause(20)
  abort.abort(new Error('enough'))
  await expect(rendering).rejects.toThrow('enough')
  await pause(150)
  const last = readFileSync(marker, 'utf8')
  await pause(250)
  expect(readFileSync(marker, 'utf8')).toBe(last)
})

test('a server that is killed leaves no program behind', async () => {
  const marker = join(folder, 'orphan')
  const program = standIn(
    'works-on',
    `sh -c 'while :; do date +%s%N > ${marker}; sleep 0.05; done' & wait`,
  )
  const convert = new URL('../../src/slides/render/libreoffice/convert.ts', import.meta.url)
  const script = `
    import { convertToPdf } from ${JSON.stringify(convert.href)}
    const options = { command: ${JSON.stringify(program)}, timeoutMs: 60_000 }
    await convertToPdf(new Uint8Array(), options, new AbortController().signal)`
  const server = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: 'ignore',
  })
  while (!existsSync(marker)) await pause(20)
  server.kill('SIGKILL')
  await once(server, 'exit')
  await pause(150)
  const last = readFileSync(marker, 'utf8')
  await pause(250)
  expect(readFileSync(marker, 'utf8')).toBe(last)
})

test('an abort before it begins starts nothing', async () => {
  await expect(renderWith('none', ['pptx'], AbortSignal.abort(new Error('never')))).rejects.toThrow(
    'never',
  )
})
