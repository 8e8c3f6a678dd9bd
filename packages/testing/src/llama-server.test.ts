import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { loadFixture, makeTempDir, splitEvents, startLlamaServer } from './index.ts'

const settings = { ...process.env }
const silent = () => jest.spyOn(console, 'warn').mockImplementation(() => {})

let warn: ReturnType<typeof silent> | undefined

beforeEach(() => {
  warn = undefined
})
afterEach(() => {
  warn?.mockRestore()
  for (const name of ['MODELS_DIR', 'LLAMA_PYTHON', 'REQUIRE_LLAMA']) {
    if (settings[name] === undefined) delete process.env[name]
    else process.env[name] = settings[name]
  }
})

it('says loudly what is absent', async () => {
  warn = silent()
  delete process.env['REQUIRE_LLAMA']
  const dir = await makeTempDir()
  process.env['LLAMA_PYTHON'] = process.execPath
  process.env['MODELS_DIR'] = dir.path
  expect(await startLlamaServer()).toEqual({ skipped: expect.stringContaining('No model at') })
  delete process.env['MODELS_DIR']
  expect(await startLlamaServer()).toEqual({ skipped: expect.stringContaining('MODELS_DIR') })
  process.env['LLAMA_PYTHON'] = `${dir.path}/python`
  expect(await startLlamaServer()).toEqual({ skipped: expect.stringContaining('setup-llama.sh') })
  expect(warn).toHaveBeenCalledTimes(3)
  await dir.remove()
})

it('is no reason to skip where it is required', async () => {
  process.env['REQUIRE_LLAMA'] = '1'
  delete process.env['MODELS_DIR']
  await expect(startLlamaServer()).rejects.toThrow('The real llama.cpp server is missing.')
})

type Json = ReturnType<typeof JSON.parse>

/** The data of a stream's events, without `[DONE]`. */
function parseEvents(stream: Buffer): Json[] {
  return splitEvents(stream)
    .slice(0, -1)
    .map((event) => JSON.parse(event.subarray('data: '.length).toString()))
}

/** All keys of a value in their order, without what differs from run to run. */
function shapeOf(value: Json): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)])
}

it('serves, and still speaks as recorded in the fixtures', async () => {
  const server = await startLlamaServer()
  if ('skipped' in server) return
  const post = async (body: object) => {
    const response = await fetch(`${server.baseUrl}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: server.model, temperature: 0, max_tokens: 4, ...body }),
    })
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
  }
  try {
    const models: Json = await (await fetch(`${server.baseUrl}/models`)).json()
    expect(models.data[0]).toMatchObject({
      id: server.model,
      meta: { n_ctx: server.contextLength },
    })
    expect(shapeOf(models)).toEqual(
      shapeOf(JSON.parse(String(loadFixture('llamacpp-models.json')))),
    )

    const messages = [{ role: 'user', content: 'Say hi.' }]
    const options = { include_usage: true }
    const plain = await post({ messages, stream: true })
    const counted = await post({ messages, stream: true, stream_options: options })
    for (const [live, name] of [
      [plain, 'llamacpp-text.sse'],
      [counted, 'llamacpp-text-usage.sse'],
    ] as const) {
      const [now, then] = [parseEvents(live.bytes), parseEvents(loadFixture(name))]
      for (const at of [0, 1, -2, -1]) expect(shapeOf(now.at(at))).toEqual(shapeOf(then.at(at)))
    }

    const long = await post({ messages: [{ role: 'user', content: 'word '.repeat(700) }] })
    expect(long.status).toBe(400)
    expect(long.bytes.toString()).toBe(loadFixture('llamacpp-context-overflow.json').toString())
  } finally {
    await server.close()
  }
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
}, 90_000)
