import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  chatCompletion,
  errorReply,
  jsonReply,
  makeTempDir,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
  type TempDir,
} from '@tandem/testing'
import { apiKey, startGateway, type Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const chat = '/v1/chat/completions'
const model = 'private/fake-model'
const demo = 'demo/assistant'
const messages = [{ role: 'user', content: 'What is 2 + 2?' }]
const upstreamKey = 'upstream"secret\\key-1'

let folder: TempDir
let upstream: FakeModelServer
let gateway: Gateway

beforeEach(async () => {
  folder = await makeTempDir()
  upstream = await startFakeModelServer()
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
  await folder.remove()
})

const pathOf = (): string => join(folder.path, 'logs/prompts.log')

async function start(env: Record<string, string> = { PROMPT_LOG: pathOf() }): Promise<void> {
  gateway = await startGateway({
    env: { PRIVATE_CLOUD_ENDPOINT: upstream.url, PRIVATE_CLOUD_API_KEY: upstreamKey, ...env },
  })
}

type Entry = Record<string, unknown>

function readLines(): string[] {
  return existsSync(pathOf()) ? readFileSync(pathOf(), 'utf8').split('\n').slice(0, -1) : []
}

async function entries(count: number): Promise<Entry[]> {
  await waitUntil(() => readLines().length >= count)
  expect(readLines()).toHaveLength(count)
  return readLines().map((line) => JSON.parse(line) as Entry)
}

async function ask(body: object, path = chat): Promise<Response> {
  const response = await gateway.post(path, body)
  await response.clone().text()
  return response
}

const say = (content: string) =>
  ask({ model, session_id: 'logged', messages: [{ role: 'user', content }] })
const complaints = () =>
  gateway.logs.filter(({ msg }) => msg === 'the prompt log cannot be written')

describe('the prompt log', () => {
  it('is off by default', async () => {
    await start({})
    await ask({ model: demo, messages })
    expect(gateway.deps.promptLog).toBeUndefined()
    expect(existsSync(pathOf())).toBe(false)
  })

  it('has a line for each call, relayed or not, for its owner alone', async () => {
    await start()
    upstream.reply(
      sseReply(chatChunks({ content: 'It is four.', includeUsage: true })),
      jsonReply(chatCompletion({ content: 'Four.' })),
      jsonReply({ data: [{ embedding: [1] }], usage: { prompt_tokens: 1, total_tokens: 1 } }),
    )
    const streamed = await ask({ model, messages, stream: true, profile: 'x' })
    await ask({ model, messages })
    await ask({ model, input: 'embed me', encoding_format: 'float' }, '/v1/embeddings')
    await ask({ model: demo, messages })
    const [first, second, third, fourth] = await entries(4)
    expect(first).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      request_id: streamed.headers.get('x-request-id'),
      user: expect.stringMatching(/^user_/),
      key: expect.stringMatching(/^key_/),
      model,
      prompt: { model, messages, stream: true },
      answer: [{ message: { content: 'It is four.' } }],
      usage: { prompt_tokens: expect.any(Number) },
    })
    expect(first!['prompt']).not.toHaveProperty('profile')
    expect(second).toMatchObject({ answer: [{ message: { content: 'Four.' } }] })
    expect(third).toMatchObject({ prompt: { input: 'embed me' }, answer: { embeddings: 1 } })
    expect(fourth).toMatchObject({
      model: demo,
      prompt: { messages },
      answer: { text: expect.stringContaining('4') },
    })
    expect(statSync(pathOf()).mode & 0o777).toBe(0o600)
    expect(await streamed.text()).toMatch(/^data: \{.*\n\ndata: \[DONE\]\n\n$/s)
  })

  it('has the history of a session, as it was sent', async () => {
    await start()
    upstream.reply(
      jsonReply(chatCompletion({ content: 'Hello Ann.' })),
      jsonReply(chatCompletion({ content: 'Ann.' })),
    )
    await say('I am Ann.')
    await say('Who am I?')
    const [, second] = await entries(2)
    expect(second).toMatchObject({
      prompt: {
        messages: [
          { role: 'user', content: 'I am Ann.' },
          { role: 'assistant', content: 'Hello Ann.' },
          { role: 'user', content: 'Who am I?' },
        ],
      },
    })
  })

  it('has what failed and what was left in the middle', async () => {
    await start()
    upstream.reply(errorReply(500, 'boom'), {
      headers: { 'content-type': 'text/event-stream' },
      chunks: ['data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n', { hang: true }],
    })
    expect((await ask({ model, messages })).status).toBe(502)
    const controller = new AbortController()
    const body = JSON.stringify({ model, messages, stream: true })
    const response = await gateway.post(chat, {}, { body, signal: controller.signal })
    await response.body!.getReader().read()
    controller.abort()
    const [failed, left] = await entries(2)
    expect(failed).toMatchObject({ error: { code: 'upstream_error' } })
    expect(left).toMatchObject({
      answer: [{ message: { content: 'half' } }],
      error: { code: 'cancelled' },
    })
  })

  it('has no secrets', async () => {
    await start()
    const jwt =
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    const image = `data:image/png;base64,${'QUJD'.repeat(500)}`
    const content = [
      { type: 'text', text: `keys:\nsk-proj-abcdefghijklmnop ${apiKey} ${jwt}` },
      { type: 'text', text: `Authorization: Bearer abcdefgh.ijk and ${upstreamKey}` },
      { type: 'image_url', image_url: { url: image } },
    ]
    upstream.reply(jsonReply(chatCompletion({ content: `You said ${upstreamKey} and ${apiKey}` })))
    await ask({ model, messages: [{ role: 'user', content }] })
    const [entry] = await entries(1)
    const text = JSON.stringify(entry)
    for (const secret of ['sk-proj', apiKey.slice(12), 'eyJ', 'abcdefgh.ijk', 'secret', 'QUJD']) {
      expect(text).not.toContain(secret)
    }
    expect(text).toContain('[2000 characters]')
    // What the model got is whole.
    expect(upstream.journal.at(-1)!.json).toMatchObject({ messages: [{ content }] })
  })

  it.each([
    ['a full disk', () => '/dev/full'],
    ['a folder that cannot be made', () => '/dev/null/logs/prompts.log'],
  ])('never breaks an answer: %s', async (_name, path) => {
    await start({ PROMPT_LOG: path() })
    for (let n = 0; n < 3; n += 1) {
      const response = await ask({ model: demo, messages, stream: n === 1 })
      expect(response.status).toBe(200)
    }
    await waitUntil(() => complaints().length > 0)
    expect(complaints()).toHaveLength(1)
  })
})
