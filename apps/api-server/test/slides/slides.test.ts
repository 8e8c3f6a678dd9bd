import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import OpenAI from 'openai'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { expectErrorBody } from '../support/read-error.ts'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import { apiKey, type Gateway } from '../support/start-gateway.ts'

let tools: ToolsProcess
let upstream: FakeModelServer
let gateway: Gateway
let annKey = ''

beforeAll(async () => {
  tools = await spawnTools()
  upstream = await startFakeModelServer()
  gateway = await startOnOwnPort(tools, { LMSTUDIO_BASE_URL: upstream.baseUrl })
  annKey = await keyOf(gateway, 'ann')
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await upstream.close()
  await tools.close()
})

type Json = ReturnType<typeof JSON.parse>

/** Tools have to find the main API by the port that its settings name. */
async function startOnOwnPort(from: ToolsProcess, env: Record<string, string>): Promise<Gateway> {
  const started = await from.gateway({ env: { ...env, DEFAULT_MODEL: 'demo/assistant' } })
  started.deps.config.mainApiPort = Number(new URL(started.url).port)
  return started
}

const instruction = 'Create a 5-slide presentation about machine learning basics'
const isZip = (bytes: Buffer): boolean => bytes.subarray(0, 2).toString() === 'PK'

async function download(url: string): Promise<Buffer> {
  const response = await fetch(new URL(new URL(url).pathname + new URL(url).search, gateway.url))
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

describe('the demo model makes a real deck of five slides', () => {
  it('by POST /api/slides, with files as the Files API tells them', async () => {
    const response = await gateway.post('/api/slides', {
      instruction,
      formats: ['pptx', 'pdf', 'md'],
    })
    expect(response.status).toBe(200)
    const body = (await response.json()) as Json
    expect(body).toMatchObject({
      object: 'slides',
      title: 'Machine learning basics',
      slides: 5,
      findings: [],
    })
    expect(body.deck.slides.map(({ layout }: Json) => layout)).toEqual([
      'title',
      'bullets',
      'table',
      'comparison',
      'closing',
    ])
    expect(body.deck.slides[2].title).toBe('There are three ways to learn from data')
    const [pptx, pdf, md] = body.files
    expect(pptx).toMatchObject({
      id: expect.stringMatching(/^file-/),
      object: 'file',
      filename: 'Machine learning basics.pptx',
      purpose: 'assistants_output',
      media_type: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
      download_url: expect.stringContaining('signature='),
      download_url_expires_at: expect.any(Number),
    })
    expect(isZip(await download(pptx.download_url))).toBe(true)
    expect((await download(pdf.download_url)).subarray(0, 5).toString()).toBe('%PDF-')
    const text = (await download(md.download_url)).toString()
    expect(text).toContain('Supervised')
    const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey })
    expect(await client.files.retrieve(pptx.id)).toMatchObject({
      filename: pptx.filename,
      bytes: pptx.bytes,
    })
    const asAnn = { headers: { authorization: `Bearer ${annKey}` } }
    expect((await gateway.get(`/v1/files/${pptx.id}`, asAnn)).status).toBe(404)
  }, 60_000)

  it('by POST /api/tools/ppt_maker', async () => {
    const response = await gateway.post('/api/tools/ppt_maker', { instruction, formats: ['md'] })
    const body = (await response.json()) as Json
    expect(body.error).toBeUndefined()
    expect(body).toMatchObject({
      name: 'ppt_maker',
      result: { title: 'Machine learning basics', slides: 5 },
    })
    expect(body.artifacts).toMatchObject([
      { name: 'Machine learning basics.md', url: expect.any(String) },
    ])
    expect(body.content).toContain('2. Machine learning finds rules in examples')
  }, 60_000)

  it.each(['react', 'auto'])(
    'by an agent: %s',
    async (agent_type) => {
      const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 0 })
      const body = {
        model: 'demo/assistant',
        agent_type,
        ...(agent_type === 'react' && { available_tools: ['ppt_maker'] }),
        messages: [{ role: 'user' as const, content: instruction }],
      }
      const completion = (await client.chat.completions.create(body)) as Json
      const { content, reasoning_content: reasoning } = completion.choices[0].message
      expect(content).toContain('5 slides')
      expect(completion.x_agent).toMatchObject({ tools: [{ tool: 'ppt_maker', ok: true }] })
      expect(`${reasoning}${content}`).toContain('Machine learning basics.pptx')
      const link = /https?:\/\/\S+\.pptx\?[^\s)]+/.exec(`${content}${reasoning}`)?.[0] ?? ''
      expect(isZip(await download(link))).toBe(true)
    },
    60_000,
  )

  it('from material, whose sources stand on the slides', async () => {
    const material = [
      {
        title: 'City trees',
        url: 'https://trees.example/report',
        text: 'Trees cool cities by up to 5 degrees in summer. They hold back rain and relieve the sewers. Planting one costs 400 euros. Most of them die young because their roots have no room.',
      },
    ]
    const response = await gateway.post('/api/slides', {
      instruction: 'Make 5 slides about this report',
      material,
      formats: ['md'],
    })
    const { deck, slides } = (await response.json()) as Json
    expect([slides, deck.title]).toEqual([5, 'City trees'])
    expect(deck.slides.at(-1).layout).toBe('references')
    expect(deck.sources).toEqual([{ title: 'City trees', url: 'https://trees.example/report' }])
    expect(deck.slides[1].sources).toEqual([1])
    expect(JSON.stringify(deck.slides)).toContain('Trees cool cities by up to 5 degrees')
  }, 60_000)
})

describe('POST /api/slides', () => {
  it('takes a deck, and Markdown, without a model', async () => {
    const deck = {
      title: 'Mine',
      slides: [{ title: 'One message here' }, { blocks: [{ type: 'text', text: 'Hi' }] }],
    }
    const markdown = '---\ntitle: Theirs\n---\n\n# One\n\n---\n\n## Two\n\n- a\n- b\n'
    for (const [request, title] of [
      [{ deck }, 'Mine'],
      [{ markdown }, 'Theirs'],
    ] as const) {
      const response = await gateway.post('/api/slides', {
        ...request,
        formats: ['html'],
        theme: 'paper-dark',
      })
      const body = (await response.json()) as Json
      expect([response.status, body.title, body.slides, body.deck.theme]).toEqual([
        200,
        title,
        2,
        'paper-dark',
      ])
    }
    expect(upstream.journal).toEqual([])
  }, 60_000)

  it('tells progress as events where they are asked for, by header or by `stream`', async () => {
    const accept = { ...gateway.headers, accept: 'text/event-stream' }
    for (const [body, init] of [
      [{ instruction }, { headers: accept }],
      [{ instruction, stream: true }, {}],
    ] as const) {
      const response = await gateway.post('/api/slides', { ...body, formats: ['md'] }, init)
      expect(response.headers.get('content-type')).toContain('text/event-stream')
      const text = await response.text()
      expect(text).toContain('event: progress\ndata: {"message":"Planning the slides"')
      expect(text).toMatch(/event: result\ndata: \{"object":"slides",.*"download_url":.*\}\n\n$/)
    }
  }, 60_000)

  it.each([
    [
      { deck: { title: 'x', slides: [{ layout: 'fancy' }] } },
      400,
      'deck.slides[0].layout',
      /unknown layout; the layouts are title, agenda/,
    ],
    [{}, 400, 'instruction', /give an instruction/],
    [{ instruction: 'x', stream: 'yes' }, 400, 'stream', /boolean/],
    [{ instruction: 'x', nonsense: 1 }, 400, 'nonsense', /nonsense/],
    [{ instruction: 'x', model: 'demo/nope' }, 404, 'model', /does not exist/],
    [{ instruction: 'x', model: 'react/demo/assistant' }, 403, 'model', /no agent/],
    [{ instruction: 'x', files: ['file-nope'] }, 404, 'files[0]', /no file/],
    [
      { deck: { title: 'x', slides: [{ blocks: [{ type: 'image', file_id: 'file-nope' }] }] } },
      404,
      'deck.slides[0].blocks[0].file_id',
      /no file/,
    ],
  ])('refuses %j', async (...[body, status, param, message]) => {
    for (const init of [{}, { headers: { ...gateway.headers, accept: 'text/event-stream' } }]) {
      const response = await gateway.post('/api/slides', body, init)
      const text = await response.text()
      if (response.status === 200) {
        // Once progress was told, the error is the last event.
        expect(text).toMatch(message)
        continue
      }
      expect(response.status).toBe(status)
      expect(expectErrorBody(text)).toMatchObject({
        param,
        message: expect.stringMatching(message),
      })
    }
  })

  it('says which tools server it needs', async () => {
    const alone = await tools.gateway({ env: {}, deps: {} })
    try {
      const { toolsServer } = alone.deps
      await toolsServer.close()
      const response = await alone.post('/api/slides', { markdown: '# A' })
      expect(response.status).toBe(503)
      expect(expectErrorBody(await response.text()).code).toBe('tools_unavailable')
    } finally {
      await alone.close()
    }
  })

  it('counts the model’s calls as the caller’s', async () => {
    const asAnn = { headers: { ...gateway.headers, authorization: `Bearer ${annKey}` } }
    const response = await gateway.post('/api/slides', { instruction, formats: ['md'] }, asAnn)
    expect(response.status).toBe(200)
    const deadline = Date.now() + 30_000
    for (;;) {
      // An outline and four slides.
      const usage = (await (await gateway.get('/api/usage?group_by=model', asAnn)).json()) as Json
      if (usage.totals?.requests >= 5) return
      if (Date.now() > deadline) throw new Error(JSON.stringify(usage))
      await sleep(100)
    }
  }, 60_000)

  it('stops asking the model when the caller leaves', async () => {
    upstream.onRequest(() => ({ chunks: [{ hang: true }] }))
    const leaving = new AbortController()
    const body = { instruction, model: 'lmstudio/fake-model', formats: ['md'] }
    const call = gateway.post('/api/slides', body, { signal: leaving.signal })
    call.catch(() => undefined)
    const deadline = Date.now() + 30_000
    const asked = () => upstream.journal.find(({ method }) => method === 'POST')
    while (!asked() && Date.now() < deadline) await sleep(20)
    leaving.abort()
    await asked()?.closed
    expect(asked()?.aborted).toBe(true)
    upstream.reset()
  }, 60_000)
})
