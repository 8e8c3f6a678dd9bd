import { deckSchema, parseInput, slideLayouts, type DeckInput } from '@tandem/schemas'
import sharp from 'sharp'
import { render } from './render.ts'

function parse(deck: unknown): unknown {
  return parseInput(deckSchema, deck)
}

function withBlock(block: unknown): unknown {
  return { title: 'Bad', slides: [{ blocks: [block] }] }
}

test('a small deck needs little: defaults are filled in', () => {
  expect(
    parse({ title: 'Small', slides: [{ blocks: [{ type: 'bullets', items: ['One'] }] }] }),
  ).toMatchObject({
    language: 'en',
    aspect: '16:9',
    theme: 'clear',
    sources: [],
    slides: [{ sources: [], blocks: [{ numbered: false, items: ['One'] }] }],
  })
})

test('an unknown layout is named, and so are the known ones', () => {
  expect(() => parse({ title: 'Bad', slides: [{ layout: 'carousel' }] })).toThrow(
    expect.objectContaining({
      code: 'invalid_request',
      param: 'slides[0].layout',
      message: expect.stringMatching(new RegExp(`layout.*${slideLayouts.join(', ')}`)) as string,
    }),
  )
})

test.each([
  ['an unknown block', withBlock({ type: 'video' }), 'slides[0].blocks[0].type'],
  [
    'a remote picture',
    withBlock({ type: 'image', data_url: 'https://example.com/a.png' }),
    'slides[0].blocks[0].data_url',
  ],
  [
    'a picture by address',
    withBlock({ type: 'image', url: 'https://example.com/a.png' }),
    'slides[0].blocks[0].file_id',
  ],
  [
    'a picture named twice',
    withBlock({ type: 'image', file_id: 'f', data_url: 'data:image/png;base64,AA' }),
    'slides[0].blocks[0].file_id',
  ],
  [
    'an SVG',
    withBlock({ type: 'image', data_url: 'data:image/svg+xml;base64,AA' }),
    'slides[0].blocks[0].data_url',
  ],
  [
    'a path as a source',
    { title: 'B', slides: [{ sources: [{ title: 'x', url: 'file:///etc/passwd' }] }] },
    'slides[0].sources[0].url',
  ],
  [
    'a source that is not there',
    { title: 'B', slides: [{ sources: [2] }] },
    'slides[0].sources[0]',
  ],
  [
    'more bullets than anybody reads',
    withBlock({ type: 'bullets', items: Array.from({ length: 501 }, () => 'x') }),
    'slides[0].blocks[0].items',
  ],
  [
    'a row that is too long',
    withBlock({ type: 'table', columns: ['a'], rows: [[1, 2]] }),
    'slides[0].blocks[0].rows[0]',
  ],
  [
    'numbers without names',
    withBlock({ type: 'chart', categories: ['a'], series: [{ name: 's', values: [1, 2] }] }),
    'slides[0].blocks[0].series[0].values',
  ],
  [
    'a pie of nothing',
    withBlock({
      type: 'chart',
      kind: 'pie',
      categories: ['a'],
      series: [{ name: 's', values: [0] }],
    }),
    'slides[0].blocks[0].series',
  ],
  [
    'a font with markup',
    { title: 'B', theme: { fonts: { body: '"><x' } }, slides: [{}] },
    'theme.fonts.body',
  ],
  ['an unknown theme', { title: 'B', theme: 'neon', slides: [{}] }, 'theme'],
  ['no slides', { title: 'B', slides: [] }, 'slides'],
])('%s is refused by its path', (_, deck, param) => {
  expect(() => parse(deck)).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
})

function withImage(bytes: Buffer): [DeckInput, Map<string, { bytes: Uint8Array }>] {
  const deck: DeckInput = {
    title: 'Bad',
    slides: [{ blocks: [{ type: 'image', file_id: 'file-1' }] }],
  }
  return [deck, new Map([['file-1', { bytes }]])]
}

test('a picture that is missing, broken, or no picture is refused by its path', async () => {
  const [deck] = withImage(Buffer.alloc(0))
  await expect(render(deck, ['md'])).rejects.toMatchObject({
    code: 'invalid_request',
    param: 'slides[0].blocks[0].file_id',
  })
  const png = await sharp({
    create: {
      width: 400,
      height: 400,
      channels: 3,
      noise: { type: 'gaussian', mean: 128, sigma: 50 },
      background: '#888',
    },
  })
    .png()
    .toBuffer()
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>',
  )
  for (const bytes of [png.subarray(0, png.length / 2), Buffer.from('%PDF-1.7 no picture'), svg]) {
    await expect(render(withImage(bytes)[0], ['md'], withImage(bytes)[1])).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'slides[0].blocks[0]',
    })
  }
})

test('what a picture carries beside its pixels does not get into the file', async () => {
  const jpeg = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#369' } })
    .withExif({ IFD0: { Copyright: 'SECRET-PLACE' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .jpeg()
    .toBuffer()
  expect(jpeg.includes('SECRET-PLACE')).toBe(true)
  const [file] = await render(withImage(jpeg)[0], ['pdf'], withImage(jpeg)[1])
  expect(Buffer.from(file!.bytes).includes('SECRET-PLACE')).toBe(false)
})
