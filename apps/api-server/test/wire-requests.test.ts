import { gzipSync } from 'node:zlib'
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { apiKey, startGateway, type Gateway } from './support/start-gateway.ts'

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({
    env: {
      LMSTUDIO_BASE_URL: upstream.baseUrl,
      BODY_LIMIT_MB: '1',
      CORS_ORIGINS: 'https://app.example',
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const chat = '/v1/chat/completions'
const model = 'lmstudio/fake-model'
const demo = 'demo/assistant'
const messages = [{ role: 'user', content: 'Hello' }]

interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null }
}

/** Every error, wherever it comes from, has the four keys and the two headers. */
async function errorOf(response: Response, status: number): Promise<ErrorBody['error']> {
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(response.headers.get('x-request-id')).toMatch(/./)
  expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/)
  const { error } = (await response.json()) as ErrorBody
  expect(Object.keys(error).toSorted()).toEqual(['code', 'message', 'param', 'type'])
  expect(error.message).not.toBe('')
  expect(error.code === null || typeof error.code === 'string').toBe(true)
  return error
}

const sent = () => upstream.journal.at(-1)!.body.toString()
const sentJson = () => upstream.journal.at(-1)!.json as Record<string, unknown>

describe('the fields of a relayed request', () => {
  it('keep their bytes, but for the model', async () => {
    const rest = String.raw`"messages" : [ {"role":"user","content":"\u00e9\ud83d\ude00 \/ é😀 \"model\":\"x\""}],"temperature":1.0,"seed":18446744073709551615 ,"top_p":1e-1,"metadata":{"a":1.50,"a":1.5e0,"model":"m"},"new_in_2027":[ 1e2, -0.0, {"deep":[[]]} ],"new_in_2027":null`
    const response = await gateway.post(chat, `{"model":"${model}",${rest}}`)
    expect(response.status).toBe(200)
    expect(sent()).toBe(`{"model":"fake-model",${rest}}`)
  })

  it('keep their bytes, all of them, where the model needs no change', async () => {
    const body = `\n{ "messages":[{"role":"user","content":"x"}],\t"model" : "fake-model","n":1.0 }\r\n`
    expect((await gateway.post(chat, body)).status).toBe(200)
    expect(sent()).toBe(body)
  })

  it('keep their bytes beside an added include_usage', async () => {
    const rest = '"messages":[{"role":"user","content":"x"}],"temperature":1.0,"stream":true'
    const response = await gateway.post(chat, `{${rest},"model":"${model}"}`)
    await response.text()
    expect(sent()).toBe(`{${rest},"model":"fake-model","stream_options":{"include_usage":true}}`)
  })

  it('keep the other stream_options', async () => {
    const stream_options = { include_obfuscation: false, include_usage: null, later: 1 }
    await (await gateway.post(chat, { model, messages, stream: true, stream_options })).text()
    expect(sentJson()['stream_options']).toEqual({ ...stream_options, include_usage: true })
  })

  it('may be null', async () => {
    const names = [
      'stop', 'tools', 'tool_choice', 'temperature', 'top_p', 'max_tokens', 'max_completion_tokens', 'seed', 'n',
      'stream', 'stream_options', 'user', 'response_format', 'logprobs', 'functions', 'function_call', 'logit_bias',
      'agent_type', 'available_tools', 'session_id', 'x_agent',
    ] // prettier-ignore
    const nulls = Object.fromEntries(names.map((name) => [name, null]))
    for (const asked of [model, demo]) {
      const response = await gateway.post(chat, { model: asked, messages, ...nulls })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    }
    expect(sentJson()['stop']).toBeNull()
  })

  it('of our own are never forwarded', async () => {
    const own = {
      agent_type: 'chat',
      available_tools: ['a'],
      x_agent: { max_iterations: 1 },
      attachments: [],
      profile: 'p',
    }
    expect((await gateway.post(chat, { ...own, model, messages, user: 'u' })).status).toBe(200)
    expect(sentJson()).toEqual({ model: 'fake-model', messages, user: 'u' })
  })

  it.each([
    { max_tokens: 5 },
    { max_completion_tokens: 5 },
    { max_tokens: 5, max_completion_tokens: 7 },
    { max_tokens: -1 },
    { stop: 'END' },
    { stop: ['a', 'b', 'c', 'd'] },
    { tools: [] },
    { tools: [], tool_choice: 'auto' },
    { tool_choice: { type: 'function', function: { name: 'f' } } },
    { functions: [{ name: 'f', parameters: {} }], function_call: 'auto' },
    { functions: [{ name: 'f' }], function_call: { name: 'f' } },
    { tools: [{ type: 'web_search', web_search: {} }] },
    { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } },
    {
      reasoning_effort: 'low',
      verbosity: 'low',
      modalities: ['text'],
      prediction: { type: 'content', content: 'x' },
    },
    { top_k: 40, min_p: 0.05, chat_template_kwargs: { enable_thinking: false } },
  ])('pass: %j', async (fields) => {
    expect((await gateway.post(chat, { model, messages, ...fields })).status).toBe(200)
    expect(sentJson()).toEqual({ model: 'fake-model', messages, ...fields })
  })
})

describe('messages', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const parts = [{ type: 'text', text: 'Hello' }]

  it.each([
    ['a developer', [{ role: 'developer', content: 'x' }, ...messages]],
    ['a system', [{ role: 'system', content: 'x', name: 'n' }, ...messages]],
    [
      'parts for every role',
      [
        { role: 'developer', content: parts },
        { role: 'system', content: parts },
        {
          role: 'user',
          content: [
            ...parts,
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          ],
        },
        { role: 'assistant', content: parts, tool_calls: [call] },
        { role: 'tool', content: parts, tool_call_id: 'call_1' },
        { role: 'user', content: parts },
      ],
    ],
    [
      'calls with null content',
      [
        ...messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: 'r' },
      ],
    ],
    [
      'calls without content',
      [
        ...messages,
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: '' },
      ],
    ],
    [
      'nulls',
      [
        ...messages,
        {
          role: 'assistant',
          content: 'x',
          tool_calls: null,
          name: null,
          refusal: null,
          audio: null,
        },
        ...messages,
      ],
    ],
    [
      'functions of old',
      [
        ...messages,
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'r' },
      ],
    ],
    [
      'reasoning',
      [
        ...messages,
        { role: 'assistant', content: 'x', reasoning_content: 'r', reasoning: 'r' },
        ...messages,
      ],
    ],
    [
      'parts of tomorrow',
      [{ role: 'user', content: [...parts, { type: 'hologram', hologram: { id: 1 } }] }],
    ],
  ])('may be %s, relayed and with the demo', async (_name, given) => {
    expect((await gateway.post(chat, { model, messages: given })).status).toBe(200)
    expect(sentJson()).toEqual({ model: 'fake-model', messages: given })
    const answer = await gateway.post(chat, { model: demo, messages: given })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ choices: [{ message: { role: 'assistant' } }] })
  })

  it('may hold calls of custom tools', async () => {
    const given = [
      ...messages,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'f', input: 'x' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'r' },
    ]
    expect((await gateway.post(chat, { model, messages: given })).status).toBe(200)
    expect(sentJson()).toEqual({ model: 'fake-model', messages: given })
  })
})

describe('with the demo', () => {
  const calculator = {
    name: 'calculator',
    description: 'Calculates',
    parameters: { type: 'object', properties: { expression: { type: 'string' } } },
  }
  interface Completion {
    choices: [{ message: Record<string, unknown>; finish_reason: string }]
    usage: { completion_tokens: number }
  }
  const ask = async (fields: object): Promise<Completion> => {
    const response = await gateway.post(chat, { model: demo, messages, ...fields })
    expect(response.status).toBe(200)
    return (await response.json()) as Completion
  }

  it('functions of old are answered with function_call', async () => {
    const asked = [{ role: 'user', content: 'Calculate 17 * 23' }]
    const { choices } = await ask({ messages: asked, functions: [calculator] })
    const { message, finish_reason } = choices[0]
    expect(finish_reason).toBe('function_call')
    expect(message).not.toHaveProperty('tool_calls')
    const call = message['function_call'] as { name: string; arguments: string }
    expect(call.name).toBe('calculator')
    expect(JSON.parse(call.arguments)).toHaveProperty('expression')
    const result = { role: 'function', name: 'calculator', content: '391' }
    const answered = await ask({ messages: [...asked, message, result], functions: [calculator] })
    expect(answered.choices[0].message['content']).toContain('391')
    expect(answered.choices[0].finish_reason).toBe('stop')
  })

  it('function_call: "none" calls nothing', async () => {
    const asked = [{ role: 'user', content: 'Calculate 17 * 23' }]
    const { choices } = await ask({
      messages: asked,
      functions: [calculator],
      function_call: 'none',
    })
    expect(choices[0].finish_reason).toBe('stop')
  })

  it('tools: [] is no tools', async () => {
    const { choices } = await ask({ tools: [], tool_choice: 'auto' })
    expect(choices[0].message['content']).not.toBe('')
  })

  it.each([
    { max_tokens: 2 },
    { max_completion_tokens: 2 },
    { max_tokens: 50, max_completion_tokens: 2 },
  ])('%j cuts the answer', async (limit) => {
    const { choices, usage } = await ask(limit)
    expect(choices[0].finish_reason).toBe('length')
    expect(usage.completion_tokens).toBe(2)
  })

  it('max_tokens: -1 is no limit, as for LM Studio and llama.cpp', async () => {
    expect((await ask({ max_tokens: -1 })).choices[0].finish_reason).toBe('stop')
  })

  it('stop may be a string or a list', async () => {
    const whole = String((await ask({})).choices[0].message['content'])
    const word = whole.slice(6, 10)
    for (const stop of [word, ['never to be said', word]]) {
      const { choices } = await ask({ stop })
      expect(choices[0].message['content']).toBe(whole.slice(0, whole.indexOf(word)))
      expect(choices[0].finish_reason).toBe('stop')
    }
  })

  it.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
  ])('%j is a clear no', async (fields, param) => {
    for (const stream of [false, true]) {
      const error = await errorOf(
        await gateway.post(chat, { model: demo, messages, stream, ...fields }),
        400,
      )
      expect(error).toMatchObject({
        type: 'invalid_request_error',
        param,
        code: 'unsupported_parameter',
      })
      expect(error.message).toContain(param)
    }
  })

  it.each([{ n: 1 }, { logprobs: false }, { agent_type: 'chat' }])(
    '%j is nothing special',
    async (fields) => {
      await ask(fields)
    },
  )

  it('legacy completions and embeddings are a clear no', async () => {
    for (const [path, body] of [
      ['/v1/completions', { model: demo, prompt: 'x' }],
      ['/v1/embeddings', { model: demo, input: 'x' }],
    ] as const)
      expect(await errorOf(await gateway.post(path, body), 400)).toMatchObject({ param: 'model' })
  })
})

describe('a bad request', () => {
  it.each([
    ['', null, 'invalid_json'],
    ['{', null, 'invalid_json'],
    ['{"model":"x",}', null, 'invalid_json'],
    ['[]', null, 'invalid_json'],
    ['null', null, 'invalid_json'],
    ['"x"', null, 'invalid_json'],
    ['{}', 'messages', 'missing_parameter'],
    [{ model }, 'messages', 'missing_parameter'],
    [{ messages }, 'model', 'missing_parameter'],
    [{ model: null, messages }, 'model', 'missing_parameter'],
    [{ model, messages: [] }, 'messages', 'invalid_request'],
    [{ model, messages: 'Hello' }, 'messages', 'invalid_request'],
    [{ model: 5, messages }, 'model', 'invalid_request'],
    [{ model, messages: [{ role: 'wizard', content: '' }] }, 'messages[0].role', 'invalid_request'],
    [
      { model, messages: [...messages, { role: 'user', content: 5 }] },
      'messages[1].content',
      'invalid_request',
    ],
    [
      { model, messages: [{ role: 'user', content: [{ text: 'x' }] }] },
      'messages[0].content[0].type',
      'missing_parameter',
    ],
    [{ model, messages, temperature: 'hot' }, 'temperature', 'invalid_request'],
    [{ model, messages, stream: 'yes' }, 'stream', 'invalid_request'],
    [
      { model, messages, tools: [{ type: 'function', function: {} }] },
      'tools[0].function.name',
      'missing_parameter',
    ],
    [{ model, messages, stop: ['1', '2', '3', '4', '5'] }, 'stop', 'invalid_request'],
  ])('%j is a 400 with param %j', async (body, param, code) => {
    const error = await errorOf(await gateway.post(chat, body), 400)
    expect(error).toMatchObject({ type: 'invalid_request_error', param, code })
    expect(upstream.journal).toHaveLength(0)
  })

  it.each([
    ['/v1/embeddings', { model }, 'input'],
    ['/v1/embeddings', { input: 'x' }, 'model'],
    ['/v1/completions', { model }, 'prompt'],
    ['/v1/completions', { prompt: 'x' }, 'model'],
  ])('%s with %j lacks %s', async (path, body, param) => {
    expect(await errorOf(await gateway.post(path, body), 400)).toMatchObject({
      param,
      code: 'missing_parameter',
    })
  })

  it.each(['none', 'nobody/model', 'demo/none', '/x', 'lmstudio/'])(
    'an unknown model %j is a 404',
    async (name) => {
      for (const stream of [false, true]) {
        const error = await errorOf(
          await gateway.post(chat, { model: name, messages, stream }),
          404,
        )
        expect(error).toMatchObject({ code: 'model_not_found', param: 'model' })
      }
    },
  )

  it('an unknown path is a 404, an unknown method a 405', async () => {
    expect(await errorOf(await gateway.get('/v1/nothing'), 404)).toMatchObject({
      type: 'not_found_error',
    })
    expect(await errorOf(await gateway.post('/v1/chat', {}), 404)).toMatchObject({
      code: 'not_found',
    })
    const wrong = await gateway.get(chat)
    expect(wrong.headers.get('allow')).toBe('POST')
    expect(await errorOf(wrong, 405)).toMatchObject({ code: 'method_not_allowed' })
    expect(await errorOf(await gateway.get('/v1/models', { method: 'DELETE' }), 405)).toBeTruthy()
    expect(await errorOf(await gateway.get('/v1/models/%E0%A4%A'), 400)).toBeTruthy()
  })

  it('too large a body is a 413, with and without its length told, and unpacked', async () => {
    const big = JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'x'.repeat(3 * 2 ** 20) }],
    })
    const told = await errorOf(await gateway.post(chat, big), 413)
    expect(told).toMatchObject({ type: 'invalid_request_error', code: 'request_too_large' })
    expect(told.message).toContain('1 MiB')
    const packed = {
      body: gzipSync(big),
      headers: { ...gateway.headers, 'content-encoding': 'gzip' },
    }
    await errorOf(await gateway.post(chat, '', packed), 413)
    expect(await postChunked(big)).toMatchObject({
      status: 413,
      body: { error: { code: 'request_too_large' } },
    })
    expect(upstream.journal).toHaveLength(0)
  })

  it('a body under the limit passes, far above what Express takes by default', async () => {
    const content = 'x'.repeat(900_000)
    expect(
      (await gateway.post(chat, { model, messages: [{ role: 'user', content }] })).status,
    ).toBe(200)
    expect(upstream.journal[0]!.body.length).toBeGreaterThan(900_000)
  })

  it('an unknown content-encoding is a 415, broken gzip a 400', async () => {
    const with_ = (encoding: string) => ({
      headers: { ...gateway.headers, 'content-encoding': encoding },
    })
    await errorOf(await gateway.post(chat, '{}', with_('zstd')), 415)
    await errorOf(await gateway.post(chat, 'no gzip at all', with_('gzip')), 400)
  })
})

/** Without content-length; resolves with the answer even where the server stops reading. */
async function postChunked(body: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const sending = request(
      `${gateway.url}${chat}`,
      { method: 'POST', headers: gateway.headers },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += String(chunk)))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }),
        )
      },
    )
    sending.on('error', reject)
    for (let at = 0; at < body.length; at += 2 ** 16) sending.write(body.slice(at, at + 2 ** 16))
    sending.end()
  })
}

describe('tolerance', () => {
  const body = { model, messages }

  it.each([
    '/v1/chat/completions/',
    '//v1/chat/completions',
    '/v1//chat/completions',
    '//v1//chat//completions//',
    '/v1/chat/completions?api-version=2026',
  ])('of %s', async (path) => {
    expect((await gateway.post(path, body)).status).toBe(200)
    expect(upstream.journal[0]!.path).toBe(chat)
  })

  it.each(['application/json', 'text/html', 'text/event-stream', 'image/png'])(
    'of Accept: %s',
    async (accept) => {
      const headers = { ...gateway.headers, accept }
      const plain = await gateway.post(chat, body, { headers })
      expect(plain.headers.get('content-type')).toMatch(/^application\/json/)
      const streamed = await gateway.post(chat, { ...body, stream: true }, { headers })
      expect(streamed.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      await streamed.text()
    },
  )

  it.each(['text/plain', 'application/x-www-form-urlencoded', ''])(
    'of content-type %j',
    async (type) => {
      const headers = { ...gateway.headers, 'content-type': type }
      expect((await gateway.post(chat, body, { headers })).status).toBe(200)
    },
  )

  it('of gzip, which the upstream does not see', async () => {
    const headers = { ...gateway.headers, 'content-encoding': 'gzip' }
    const text = JSON.stringify({ ...body, temperature: 0.5 })
    expect((await gateway.post(chat, '', { headers, body: gzipSync(text) })).status).toBe(200)
    expect(sentJson()).toEqual({ model: 'fake-model', messages, temperature: 0.5 })
    expect(upstream.journal[0]!.headers).not.toHaveProperty('content-encoding')
  })

  it('of a bare model name', async () => {
    expect((await gateway.post(chat, { model: 'fake-model', messages })).status).toBe(200)
    expect((await gateway.post(chat, { model: 'assistant', messages })).status).toBe(200)
  })
})

describe('defaults', () => {
  it('DEFAULT_MODEL and DEFAULT_TEMPERATURE apply where the request is silent', async () => {
    const other = await startGateway({
      env: {
        LMSTUDIO_BASE_URL: upstream.baseUrl,
        DEFAULT_MODEL: model,
        DEFAULT_TEMPERATURE: '0.25',
      },
    })
    try {
      expect((await other.post(chat, { messages })).status).toBe(200)
      expect(sentJson()).toEqual({ messages, temperature: 0.25, model: 'fake-model' })
      await other.post(chat, { messages, model: null, temperature: null })
      expect(sentJson()).toEqual({ messages, temperature: 0.25, model: 'fake-model' })
      await other.post(chat, { messages, temperature: 0 })
      expect(sentJson()).toMatchObject({ temperature: 0 })
      await other.post('/v1/completions', { prompt: 'x' })
      expect(sentJson()).toMatchObject({ model: 'fake-model' })
      await other.post('/v1/embeddings', { input: 'x' })
      expect(sentJson()).toMatchObject({ model: 'fake-model' })
    } finally {
      await other.close()
    }
  })

  it('no temperature is added where none is set', async () => {
    await gateway.post(chat, { model, messages })
    expect(sentJson()).not.toHaveProperty('temperature')
  })
})

describe('the key', () => {
  it.each([
    { authorization: `Bearer ${apiKey}` },
    { authorization: `bearer ${apiKey}` },
    { 'x-api-key': apiKey },
    { 'api-key': apiKey },
  ])('comes as %j', async (headers) => {
    expect((await gateway.get('/v1/models', { headers })).status).toBe(200)
  })

  it.each([
    {},
    { authorization: 'Bearer sk-wrong' },
    { authorization: `Basic ${apiKey}` },
    { 'x-api-key': `${apiKey}x` },
    { 'api-key': '' },
  ])('is refused as %j', async (headers) => {
    for (const path of ['/v1/models', '/v1/models/x']) {
      const error = await errorOf(await gateway.get(path, { headers }), 401)
      expect(error).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key' })
      expect(error.message).toMatch(/^Incorrect API key provided/)
    }
    for (const path of [chat, '/v1/embeddings', '/v1/completions'])
      await errorOf(await gateway.post(path, { model, messages }, { headers }), 401)
    expect(upstream.journal).toHaveLength(0)
  })

  it('never reaches the upstream', async () => {
    await gateway.post(
      chat,
      { model, messages },
      { headers: { ...gateway.headers, 'x-api-key': apiKey } },
    )
    expect(JSON.stringify(upstream.journal[0]!.headers)).not.toContain(apiKey)
  })
})

describe('headers', () => {
  it('name the request, as the caller did where it is tame', async () => {
    const named = await gateway.post(
      chat,
      { model, messages },
      { headers: { ...gateway.headers, 'x-request-id': 'mine-1' } },
    )
    expect(named.headers.get('x-request-id')).toBe('mine-1')
    expect(upstream.journal[0]!.headers['x-request-id']).toBe('mine-1')
    const wild = await gateway.get('/v1/models', {
      headers: { ...gateway.headers, 'x-request-id': 'a b"<>' },
    })
    expect(wild.headers.get('x-request-id')).toMatch(/^req_[\w-]+$/)
  })

  it.each([
    ['GET', '/v1/models', undefined],
    ['GET', '/v1/models/lmstudio/fake-model', undefined],
    ['POST', chat, { model, messages }],
    ['POST', chat, { model: demo, messages }],
    ['POST', chat, { model, messages, stream: true }],
    ['POST', chat, { model: demo, messages, stream: true }],
    ['POST', '/v1/embeddings', { model, input: 'x' }],
    ['POST', '/v1/completions', { model, prompt: 'x' }],
    ['POST', '/v1/completions', { model, prompt: 'x', stream: true }],
  ])('tell id and time: %s %s', async (method, path, body) => {
    const response = body ? await gateway.post(path, body) : await gateway.get(path, { method })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/)
    await response.text()
  })

  it('never announce Express', async () => {
    const response = await gateway.get('/v1/models')
    expect(response.headers.get('x-powered-by')).toBeNull()
  })
})

const preflight = (from: string) =>
  fetch(`${gateway.url}${chat}`, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers':
        'authorization,content-type,x-stainless-os,x-stainless-retry-count',
    },
  })

describe('CORS', () => {
  const origin = 'https://app.example'

  it('lets the SDK in a browser through', async () => {
    const asked = await preflight(origin)
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe(origin)
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST')
    expect(asked.headers.get('access-control-allow-headers')).toContain('x-stainless-retry-count')
    const response = await gateway.post(
      chat,
      { model, messages },
      { headers: { ...gateway.headers, origin } },
    )
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id')
  })

  it('lets a browser read errors and streams', async () => {
    const refused = await gateway.get('/v1/models', { headers: { origin } })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
    const stream = await gateway.post(
      chat,
      { model, messages, stream: true },
      { headers: { ...gateway.headers, origin } },
    )
    expect(stream.headers.get('access-control-allow-origin')).toBe(origin)
    await stream.text()
  })

  it('is silent to others', async () => {
    const asked = await preflight('https://evil.example')
    expect(asked.headers.get('access-control-allow-origin')).toBeNull()
    const response = await gateway.get('/v1/models', {
      headers: { ...gateway.headers, origin: 'https://evil.example' },
    })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('is silent to all without CORS_ORIGINS', async () => {
    const closed = await startGateway()
    try {
      const response = await closed.get('/v1/models', { headers: { ...closed.headers, origin } })
      expect(response.status).toBe(200)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    } finally {
      await closed.close()
    }
  })
})
