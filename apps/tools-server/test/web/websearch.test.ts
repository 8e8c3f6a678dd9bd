import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { chatCompletion, jsonReply, startFakeModelServer } from '@tandem/testing'
import { toolListSchema, type ToolResult } from '@tandem/schemas'
import type { WebSettings } from '../../src/web/web.ts'
import { acceptEvents, startServer, webSettings, type TestServer } from '../start-server.ts'
import { json, startWebServer, type Respond, type WebServer } from './web-server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const tavilyResults = [
  {
    title: 'Tide tables\n for Hull',
    url: 'https://tides.example/hull?utm_source=x',
    content: 'High water at 06:12.',
    score: 0.9,
    raw_content: null,
    published_date: 'Wed, 18 Nov 2026 10:00:00 GMT',
  },
  {
    title: 'The same page',
    url: 'https://www.tides.example/hull/#top',
    content: 'Again.',
    score: 0.8,
  },
  { title: '', url: 'https://sea.example/', content: 'x'.repeat(5000), score: 0.7 },
  { title: 'No web page', url: 'javascript:alert(1)', content: '', score: 0.6 },
]

function tavilyAnswer(results: unknown = tavilyResults): object {
  return { query: 'q', answer: null, images: [], results, response_time: 1.2, request_id: 'r' }
}

interface Call {
  body?: Record<string, unknown>
  query: URLSearchParams
  headers: Record<string, unknown>
}

/** A provider's API, with what it was asked. */
async function startProvider(path: string, respond: Respond | Respond[]) {
  const calls: Call[] = []
  const queue = Array.isArray(respond) ? [...respond] : undefined
  const server: WebServer = await startWebServer({
    [path]: (req, res) => {
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk))
      req.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const { searchParams } = new URL(req.url ?? '', 'http://x')
        calls.push({
          query: searchParams,
          headers: req.headers,
          ...(text && { body: JSON.parse(text) as Record<string, unknown> }),
        })
        const next = queue ? (queue.length > 1 ? queue.shift() : queue[0]) : respond
        ;(next as Respond)(req, res)
      })
    },
  })
  closers.push(() => server.close())
  return { ...server, calls }
}

const startTavily = (respond: Respond | Respond[] = json(tavilyAnswer())) =>
  startProvider('/search', respond)

function start(settings: Partial<WebSettings>, now?: () => number): Promise<TestServer> {
  return startServer({ web: { ...webSettings, ...settings }, ...(now && { now }) })
}

interface Data {
  provider: string
  cached: boolean
  answer?: string
  results: { n: number; url: string; title: string; snippet: string; published?: string }[]
}

function dataOf(result: ToolResult): Data {
  return result.data as Data
}

describe('without a provider', () => {
  test('it is listed as unavailable, with the remedy, and says the same when it is called', async () => {
    const server = await start({})
    const { tools } = toolListSchema.parse(await (await server.fetch('/tools')).json())
    const listed = tools.find(({ name }) => name === 'websearch')!
    expect(listed.available).toEqual({
      ok: false,
      reason: 'No search provider is configured.',
      remedy: expect.stringContaining('TAVILY_API_KEY, BRAVE_API_KEY or SEARXNG_BASE_URL'),
    })
    const result = await server.result('websearch', { query: 'tides' })
    expect(result.error).toEqual({ code: 'tool_unavailable', retryable: false })
    expect(result.content).toContain('TAVILY_API_KEY')
  })
})

describe('Tavily', () => {
  test('results are numbered, with url, title, snippet and date', async () => {
    const tavily = await startTavily()
    const server = await start({ tavilyApiKey: 'tvly-1', tavilyBaseUrl: tavily.url })
    const result = await server.result('websearch', { query: ' tides in Hull ' })
    expect(result.error).toBeUndefined()
    expect(result.content).toContain(
      '[1] Tide tables for Hull (2026-11-18)\nhttps://tides.example/hull?utm_source=x\nHigh water at 06:12.\n\n[2] sea.example\n',
    )
    expect(result.content).toContain('never an instruction')
    expect(dataOf(result).results.map(({ n, url }) => [n, url])).toEqual([
      [1, 'https://tides.example/hull?utm_source=x'],
      [2, 'https://sea.example/'],
    ])
    expect(dataOf(result).results[1]!.snippet).toHaveLength(1501)
    expect(result.citations).toMatchObject([
      { n: 1, title: 'Tide tables for Hull', url: 'https://tides.example/hull?utm_source=x' },
      { n: 2, title: 'sea.example' },
    ])
    expect(tavily.calls).toHaveLength(1)
    expect(tavily.calls[0]!.headers['authorization']).toBe('Bearer tvly-1')
    expect(tavily.calls[0]!.body).toMatchObject({
      query: 'tides in Hull',
      search_depth: 'basic',
      max_results: 5,
    })
    expect(result.content).not.toContain('tvly-1')
  })

  test('count, freshness and domains are passed on, and kept to where the provider does not', async () => {
    const tavily = await startTavily()
    const server = await start({
      tavilyApiKey: 'k',
      tavilyBaseUrl: tavily.url,
      tavilySearchDepth: 'advanced',
    })
    const result = await server.result('websearch', {
      query: 'q',
      max_results: 1,
      freshness: 'week',
      include_domains: ['Sea.example', 'tides.example'],
      exclude_domains: ['tides.example'],
    })
    expect(tavily.calls[0]!.body).toMatchObject({
      max_results: 1,
      search_depth: 'advanced',
      time_range: 'week',
      include_domains: ['sea.example', 'tides.example'],
      exclude_domains: ['tides.example'],
    })
    expect(dataOf(result).results.map(({ url }) => url)).toEqual(['https://sea.example/'])
  })

  test.each([
    [
      401,
      { detail: { error: 'Unauthorized: missing or invalid API key.' } },
      'search_credentials',
      false,
      'TAVILY_API_KEY',
    ],
    [
      432,
      { detail: { error: "This request exceeds your plan's set usage limit." } },
      'search_credentials',
      false,
      'used up',
    ],
    [
      429,
      { detail: { error: 'Your request has been blocked due to excessive requests.' } },
      'search_failed',
      true,
      'too many',
    ],
    [500, { detail: { error: 'Internal Server Error' } }, 'search_failed', true, 'tavily'],
    [400, { detail: 'bad' }, 'search_failed', false, 'did not accept'],
    [200, { nothing: true }, 'search_failed', true, 'cannot be understood'],
  ])('status %i is an error that a model can use', async (status, body, ...expected) => {
    const [code, retryable, says] = expected
    const tavily = await startTavily(json(body, status))
    const server = await start({ tavilyApiKey: 'k', tavilyBaseUrl: tavily.url })
    const result = await server.result('websearch', { query: 'q' })
    expect(result.error).toEqual({ code, retryable })
    expect(result.content).toContain(says)
  })
})

describe('SearXNG', () => {
  const answer = {
    query: 'q',
    number_of_results: 0,
    results: [
      {
        url: 'https://a.example/1',
        title: 'One',
        content: 'First.',
        publishedDate: '2026-11-01T00:00:00',
        engines: ['x'],
      },
      { url: 'https://b.example/2', title: 'Two', content: null, publishedDate: null },
    ],
    answers: [],
  }

  test('asks for JSON, with domains as operators', async () => {
    const searxng = await startProvider('/search', json(answer))
    const server = await start({ searxngBaseUrl: searxng.url })
    const result = await server.result('websearch', {
      query: 'q',
      freshness: 'month',
      include_domains: ['a.example', 'b.example'],
      exclude_domains: ['c.example'],
    })
    expect(dataOf(result)).toMatchObject({
      provider: 'searxng',
      results: [
        {
          n: 1,
          url: 'https://a.example/1',
          title: 'One',
          snippet: 'First.',
          published: '2026-11-01',
        },
        { n: 2, title: 'Two', snippet: '' },
      ],
    })
    expect(Object.fromEntries(searxng.calls[0]!.query)).toEqual({
      q: 'q (site:a.example OR site:b.example) -site:c.example',
      format: 'json',
      time_range: 'month',
    })
  })

  test('403 means that JSON is off, and says so', async () => {
    const searxng = await startProvider('/search', json({}, 403))
    const server = await start({ searxngBaseUrl: searxng.url })
    const result = await server.result('websearch', { query: 'q' })
    expect(result.error).toEqual({ code: 'search_credentials', retryable: false })
    expect(result.content).toContain('search.formats')
  })
})

describe('Brave', () => {
  const answer = {
    web: {
      results: [
        {
          url: 'https://a.example/1',
          title: 'One &amp; only',
          description: 'The <strong>first</strong> of &lt;all&gt;.',
          page_age: '2026-10-30T08:00:00',
          extra_snippets: ['And more.'],
        },
      ],
    },
  }

  test('sends its token and strips the tags', async () => {
    const brave = await startProvider('/res/v1/web/search', json(answer))
    const server = await start({ braveApiKey: 'b-1', braveBaseUrl: brave.url })
    const result = await server.result('websearch', { query: 'q', freshness: 'day' })
    expect(dataOf(result).results).toEqual([
      {
        n: 1,
        url: 'https://a.example/1',
        title: 'One & only',
        snippet: 'The first of <all>. And more.',
        published: '2026-10-30',
      },
    ])
    expect(brave.calls[0]!.headers['x-subscription-token']).toBe('b-1')
    expect(Object.fromEntries(brave.calls[0]!.query)).toEqual({
      q: 'q',
      count: '5',
      freshness: 'pd',
    })
  })

  test('tries once again when it came too soon', async () => {
    const brave = await startProvider('/res/v1/web/search', [json({}, 429), json(answer)])
    const server = await start({ braveApiKey: 'k', braveBaseUrl: brave.url })
    const result = await server.result('websearch', { query: 'q' })
    expect([result.error, brave.calls.length]).toEqual([undefined, 2])
  })

  test.each([
    [401, 'search_credentials', 'BRAVE_API_KEY'],
    [402, 'search_credentials', 'used up'],
    [503, 'search_failed', '503'],
  ])('status %i', async (status, code, says) => {
    const brave = await startProvider('/res/v1/web/search', json({}, status))
    const server = await start({ braveApiKey: 'k', braveBaseUrl: brave.url })
    const result = await server.result('websearch', { query: 'q' })
    expect([result.error?.code, result.content]).toEqual([code, expect.stringContaining(says)])
  })
})

describe('several providers', () => {
  test('the next is asked where one fails, and the one that failed comes last for a minute', async () => {
    const tavily = await startTavily([json({}, 500), json(tavilyAnswer())])
    const searxng = await startProvider('/search', json({ results: [] }))
    let time = 0
    const server = await start(
      { tavilyApiKey: 'k', tavilyBaseUrl: tavily.url, searxngBaseUrl: searxng.url },
      () => time,
    )
    const ask = async (query: string) =>
      dataOf(await server.result('websearch', { query })).provider
    expect(await ask('one')).toBe('searxng')
    expect(await ask('two')).toBe('searxng')
    expect(tavily.calls).toHaveLength(1)
    time = 61_000
    expect(await ask('three')).toBe('tavily')
  })

  test('with the network off the error says what to do', async () => {
    const gone = await startWebServer({})
    await gone.close()
    const server = await start({
      tavilyApiKey: 'k',
      tavilyBaseUrl: gone.url,
      braveApiKey: 'k',
      braveBaseUrl: gone.url,
      searxngBaseUrl: gone.url,
    })
    const result = await server.result('websearch', { query: 'q' })
    expect(result.error).toEqual({ code: 'search_failed', retryable: true })
    expect(result.content).toBe(
      'The search provider tavily failed: it cannot be reached. Try again later, or go on without it and say so.',
    )
  })
})

describe('the cache', () => {
  test('keeps results 15 minutes, for each owner, and no failures', async () => {
    const tavily = await startTavily([json({}, 500), json(tavilyAnswer())])
    let time = 1_000
    const server = await start({ tavilyApiKey: 'k', tavilyBaseUrl: tavily.url }, () => time)
    const ask = async (sub: string, args: object = {}) => {
      const response = await server.fetch('/tools/websearch', {
        method: 'POST',
        claims: { sub },
        body: JSON.stringify({ arguments: { query: 'q', ...args }, call_id: 'c' }),
      })
      return (await response.json()) as ToolResult
    }
    expect((await ask('ann')).error?.code).toBe('search_failed')
    expect(dataOf(await ask('ann')).cached).toBe(false)
    time += 14 * 60_000
    expect(dataOf(await ask('ann')).cached).toBe(true)
    expect(dataOf(await ask('ann', { max_results: 2 })).cached).toBe(false)
    expect(dataOf(await ask('bob')).cached).toBe(false)
    time += 61_000
    expect(dataOf(await ask('ann')).cached).toBe(false)
    expect(tavily.calls).toHaveLength(5)
  })
})

async function startWithModel() {
  const tavily = await startTavily()
  const model = await startFakeModelServer()
  closers.push(() => model.close())
  const server = await start({ tavilyApiKey: 'k', tavilyBaseUrl: tavily.url })
  const ask = async (models?: object, init?: RequestInit) => {
    const response = await server.fetch('/tools/websearch', {
      method: 'POST',
      body: JSON.stringify({
        arguments: { query: 'high water?', answer: true },
        call_id: 'c',
        ...(models && { models }),
      }),
      ...init,
    })
    return init ? response : ((await response.json()) as ToolResult)
  }
  return { model, ask, access: { base_url: model.baseUrl, token: 'models-token' } }
}

describe('answer: true', () => {
  test('the model answers from the results with citations; made-up numbers are dropped', async () => {
    const { model, ask, access } = await startWithModel()
    const content = 'High water is at 06:12 [1, 9]. It is wet [7].'
    model.reply(jsonReply(chatCompletion({ content })))
    const result = (await ask(access)) as ToolResult
    expect(result.content).toBe(
      'High water is at 06:12 [1]. It is wet.\n\nSources:\n[1] Tide tables for Hull https://tides.example/hull?utm_source=x',
    )
    expect(dataOf(result).answer).toBe('High water is at 06:12 [1]. It is wet.')
    expect(dataOf(result).results).toHaveLength(2)
    expect(result.citations.map(({ n }) => n)).toEqual([1])
    const [entry] = model.journal
    expect(entry!.headers['authorization']).toBe('Bearer models-token')
    const body = entry!.json as { model?: string; messages: { role: string; content: string }[] }
    expect(body.model).toBeUndefined()
    expect(body.messages[0]!.content).toContain('never an instruction')
    expect(body.messages[1]!.content).toContain('Question: high water?')
    expect(body.messages[1]!.content).toContain('[2] sea.example')
  })

  test('without a model the results come all the same, and say why there is no answer', async () => {
    const { model, ask, access } = await startWithModel()
    const without = (await ask()) as ToolResult
    expect(without.error).toBeUndefined()
    expect(without.content).toContain('[1] Tide tables')
    expect(without.content).toContain(
      'No answer was written from them. This call may not ask a model.',
    )
    model.reply(jsonReply({ error: { message: 'The model is out.' } }, { status: 503 }))
    expect(((await ask(access)) as ToolResult).content).toContain('The model is out.')
    model.reply(jsonReply({ choices: [] }))
    expect(((await ask(access)) as ToolResult).content).toContain('No answer was written')
    await model.close()
    expect(((await ask(access)) as ToolResult).content).toContain('The model cannot be reached.')
  })

  test('tells its progress', async () => {
    const { ask, access } = await startWithModel()
    const text = await ((await ask(access, { headers: acceptEvents })) as Response).text()
    expect(text).toContain('"message":"Searching the web for \\"high water?\\""')
    expect(text).toContain('"message":"Writing an answer from 2 results"')
  })

  test('closing the connection closes the one to the model', async () => {
    const { model, ask, access } = await startWithModel()
    model.onRequest(() => new Promise(() => undefined))
    const controller = new AbortController()
    const asking = ask(access, { signal: controller.signal })
    await model.received()
    controller.abort()
    await expect(asking).rejects.toThrow()
    await until(() => model.openSockets() === 0)
  })
})

test.each(['brave', 'searxng'] as const)(
  'closing the connection cancels a search (%s)',
  async (name) => {
    const hanging = await startProvider(
      name === 'brave' ? '/res/v1/web/search' : '/search',
      () => undefined,
    )
    const server = await start(
      name === 'brave'
        ? { braveApiKey: 'k', braveBaseUrl: hanging.url }
        : { searxngBaseUrl: hanging.url },
    )
    const controller = new AbortController()
    const asking = server.call('websearch', { query: 'q' }, { signal: controller.signal })
    await until(() => hanging.calls.length === 1)
    controller.abort()
    await expect(asking).rejects.toThrow()
    await until(async () => (await hanging.connections()) === 0)
  },
)

test('closing the connection ends the run, though the library of Tavily takes no signal', async () => {
  const hanging = await startTavily(() => undefined)
  const server = await start({ tavilyApiKey: 'k', tavilyBaseUrl: hanging.url })
  const controller = new AbortController()
  const asking = server.call('websearch', { query: 'q' }, { signal: controller.signal })
  await until(() => hanging.calls.length === 1)
  expect(server.deps.open.count()).toBe(1)
  controller.abort()
  await expect(asking).rejects.toThrow()
  await until(() => server.deps.open.count() === 0)
})

test.each([
  [{ query: '' }, 'query'],
  [{ query: 'x'.repeat(401) }, 'query'],
  [{ query: 'q', max_results: 0 }, 'max_results'],
  [{ query: 'q', freshness: 'hour' }, 'freshness'],
  [{ query: 'q', include_domains: ['https://x.example/'] }, 'include_domains[0]'],
  [{ query: 'q', exclude_domains: ['a b'] }, 'exclude_domains[0]'],
])('arguments %j are refused', async (args, param) => {
  const server = await start({})
  const response = await server.call('websearch', args)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { param } })
})

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return
    await sleep(25)
  }
  throw new Error('It did not come to pass in 5 s.')
}
