import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startCanary, type Canary } from '../web/canary.ts'
import { png, startSlidesServer, type SlidesServer } from './start-slides.ts'

let server: SlidesServer
let canary: Canary
beforeAll(async () => {
  server = await startSlidesServer()
  canary = await startCanary()
})
afterAll(async () => {
  await server.close()
  await canary.close()
})

type Json = ReturnType<typeof JSON.parse>

async function refusal(request: object): Promise<[number, Json]> {
  const response = await server.post(request)
  const body = (await response.json()) as Json
  return [response.status, body.error]
}

const deckOf = (...slides: object[]): object => ({ title: 'Mine', slides })
const bullets = (...items: string[]): object => ({
  title: 'A',
  blocks: [{ type: 'bullets', items }],
})
const image = (fields: object): object => ({ title: 'A', blocks: [{ type: 'image', ...fields }] })

describe('a deck that is wrong is refused by the path of what is wrong', () => {
  const layouts = 'title, agenda, section, bullets, two_columns, comparison, chart, table'
  test.each([
    ['an unknown layout', deckOf({ layout: 'fancy' }), 'deck.slides[0].layout', layouts],
    [
      'an unknown block',
      deckOf({ blocks: [{ type: 'video' }] }),
      'deck.slides[0].blocks[0]',
      'bullets',
    ],
    ['no slides', deckOf(), 'deck.slides', ''],
    ['no title', { slides: [{}] }, 'deck.title', ''],
    [
      '501 bullets',
      deckOf(bullets(...Array.from({ length: 501 }, () => 'x'))),
      'deck.slides[0].blocks[0].items',
      '500',
    ],
    ['an unknown theme', { ...deckOf({}), theme: 'neon' }, 'deck.theme', 'vivid'],
    [
      'a picture by address',
      deckOf(image({ url: 'http://x.example' })),
      'deck.slides[0].blocks[0].file_id',
      'never fetched',
    ],
    [
      'a picture of SVG',
      deckOf(image({ data_url: 'data:image/svg+xml;base64,AAAA' })),
      'deck.slides[0].blocks[0].data_url',
      'png',
    ],
    [
      'an address as data',
      deckOf(image({ data_url: 'http://x.example/a.png' })),
      'deck.slides[0].blocks[0].data_url',
      'never fetched',
    ],
    [
      'a chart that does not add up',
      deckOf({
        blocks: [{ type: 'chart', categories: ['a'], series: [{ name: 'x', values: [1, 2] }] }],
      }),
      'deck.slides[0].blocks[0].series[0].values',
      '1',
    ],
    ['a source that is not there', deckOf({ sources: [3] }), 'deck.slides[0].sources[0]', '3'],
    [
      'a script as a source',
      deckOf({ sources: [{ title: 'x', url: 'javascript:alert(1)' }] }),
      'deck.slides[0].sources[0].url',
      'http',
    ],
  ])('%s', async (...[, deck, param, said]) => {
    const [status, error] = await refusal({ deck })
    expect([status, error.param]).toEqual([400, expect.stringContaining(param)])
    expect(error.message).toContain(said)
  })

  test.each([
    [{}, 'instruction'],
    [{ instruction: 'x', deck: deckOf({}) }, 'deck'],
    [{ markdown: '# A', instruction: 'x' }, 'markdown'],
    [{ instruction: '' }, 'instruction'],
    [{ instruction: 'x', formats: ['exe'] }, 'formats[0]'],
    [{ instruction: 'x', slides: 1000 }, 'slides'],
    [{ instruction: 'x', theme: 'neon' }, 'theme'],
    [{ markdown: 'x', other: 1 }, 'other'],
  ])('%j', async (request, param) => {
    const [status, error] = await refusal(request)
    expect([status, error.param ?? '']).toEqual([400, param])
  })

  test('a deck that is not within deck is told where it belongs', async () => {
    expect(await refusal(deckOf(bullets('x')))).toMatchObject([
      400,
      { param: 'slides', message: expect.stringContaining('{"deck": {"title"') },
    ])
  })

  test('a theme of one’s own is told what its name is for', async () => {
    const theme = { name: 'mine', colors: { accent: '#AA0000' } }
    expect(await refusal({ deck: { ...deckOf({}), theme } })).toMatchObject([
      400,
      { param: 'deck.theme.name', message: expect.stringContaining('begin from, one of clear,') },
    ])
  })

  test('the tool says the same', async () => {
    const response = await server.call('ppt_maker', { deck: deckOf({ layout: 'fancy' }) })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { param: 'deck.slides[0].layout', message: expect.stringContaining(layouts) } },
    ])
  })
})

describe('nothing is read that is not the owner’s', () => {
  test('files of others, by id and by name', async () => {
    const theirs = await server.upload('theirs.png', png, { sub: 'user-2' })
    for (const file_id of [
      theirs,
      'theirs.png',
      '../user-2/theirs.png',
      '/etc/passwd',
      'file:///etc/passwd',
    ]) {
      const [status, error] = await refusal({ deck: deckOf({}, image({ file_id })) })
      expect([status, error.code, error.param]).toEqual([
        404,
        'file_not_found',
        'deck.slides[1].blocks[0].file_id',
      ])
      const theme = { name: 'clear', logo: { file_id } }
      expect((await refusal({ deck: { ...deckOf({}), theme } }))[1]).toMatchObject({
        code: 'file_not_found',
        param: 'deck.theme.logo.file_id',
      })
    }
    const [status, error] = await refusal({ markdown: `# A\n\n![x](${theirs})` })
    expect([status, error.code]).toEqual([404, 'file_not_found'])
    const own = await server.upload('mine.png', png)
    expect(await server.make({ deck: deckOf(image({ file_id: own })) })).toMatchObject({
      slides: 1,
    })
    expect(await server.make({ markdown: '# A\n\n![x](mine.png)' })).toMatchObject({
      deck: { slides: [{ blocks: [{ file_id: own }] }] },
    })
  })

  test('no address is opened, in whatever field it stands', async () => {
    const url = `http://127.0.0.1:${canary.port}/x.png`
    const hostile = `![x](${url}) <img src="${url}"> [a](${url}) =HYPERLINK("${url}")`
    const deck = {
      title: hostile,
      author: url,
      sources: [{ title: 'S', url }],
      slides: [
        { title: hostile, notes: hostile, sources: [1], blocks: [{ type: 'text', text: hostile }] },
        { blocks: [{ type: 'table', columns: [url], rows: [[hostile]] }] },
        { blocks: [{ type: 'code', code: hostile }] },
      ],
    }
    const formats = ['pptx', 'pdf', 'md', 'html']
    expect((await server.make({ deck, formats })).files).toHaveLength(4)
    for (const markdown of [`# A\n\n![x](${url})`, `# A\n\n![bg](${url})`])
      expect((await refusal({ markdown }))[0]).toBe(400)
    const page = `# A\n\n<img src="${url}"><link rel=stylesheet href="${url}">\n\n<style>@import url(${url})</style>\n\n[link](${url})`
    expect((await server.make({ markdown: page, formats })).files).toHaveLength(4)
    for (const file_id of [url, `//127.0.0.1:${canary.port}/x`]) {
      expect((await refusal({ deck: deckOf(image({ file_id })) }))[0]).toBe(404)
    }
    expect(canary.reached()).toBe(0)
  }, 60_000)
})

describe('what is odd is made safe', () => {
  test('HTML, formulas and control characters are text', async () => {
    const odd = '=cmd|calc <script>alert(1)</script> \u0000\u0007\u001b[31m \ud800 \u202e abc'
    const deck = {
      title: odd,
      slides: [
        {
          title: odd,
          notes: odd,
          blocks: [
            { type: 'bullets', items: [odd] },
            { type: 'table', columns: [odd], rows: [[odd]] },
          ],
        },
      ],
    }
    const result = await server.make({ deck, formats: ['pptx', 'html', 'md'] })
    const html = await server.textOf(result, 'html')
    expect(html).not.toMatch(/<script>alert/)
    expect(html).toContain('&lt;script&gt;')
    // oxlint-disable-next-line no-control-regex -- that is what is looked for
    expect(html + (await server.textOf(result, 'md'))).not.toMatch(/[\u0000\u0007\u001b\u202e]/)
  })

  test('500 bullets are as many slides as they need', async () => {
    const items = Array.from({ length: 500 }, (_, at) => `Point number ${at + 1}`)
    const result = await server.make({ deck: deckOf(bullets(...items)) })
    expect(result.slides).toBeGreaterThan(10)
    expect(result.findings).toContainEqual({
      slide: 1,
      rule: 'bullets_many',
      mended: false,
      message: expect.any(String),
    })
    expect(await server.textOf(result, 'md')).toContain('Point number 500')
  })

  test('a picture that is broken is named', async () => {
    const broken = await server.upload(
      'broken.png',
      Buffer.concat([png.subarray(0, 20), Buffer.from('broken')]),
    )
    const [status, error] = await refusal({
      deck: deckOf({}, image({ file_id: broken })),
      formats: ['pptx'],
    })
    expect([status, error.code]).toEqual([400, 'invalid_request'])
    expect(error.param).toContain('slides[1].blocks[0]')
  })
})
