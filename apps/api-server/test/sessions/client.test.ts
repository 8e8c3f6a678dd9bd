/** The `openai` client as it is, with a key and with a login. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import OpenAI from 'openai'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import {
  adminName,
  adminPassword,
  apiKey,
  startGateway,
  type Gateway,
} from '../support/start-gateway.ts'

let upstream: FakeModelServer
let gateway: Gateway
let login: string

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
  const response = await gateway.post('/api/auth/login', {
    username: adminName,
    password: adminPassword,
  })
  login = ((await response.json()) as { access_token: string }).access_token
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const user = (content: string) => [{ role: 'user' as const, content }]

describe.each(['a key', 'a login'])('with %s', (kind) => {
  it.each(['lmstudio/m', 'demo/assistant'])('it carries session_id: %s', async (model) => {
    const client = new OpenAI({
      baseURL: gateway.baseUrl,
      apiKey: kind === 'a key' ? apiKey : login,
    })
    const session_id = `client-${kind === 'a key' ? 'key' : 'login'}-${model.split('/')[0]}`
    const first = await client.chat.completions
      .create({ model, messages: user('My name is Zoë.'), session_id } as never)
      .withResponse()
    expect(first.response.headers.get('x-session-id')).toBe(session_id)
    const stream = (await client.chat.completions.create({
      model,
      messages: user('What is my name?'),
      stream: true,
      session_id,
    } as never)) as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    const history = await gateway.get(`/api/chat/history/${session_id}`)
    const { messages } = (await history.json()) as { messages: { content: string }[] }
    expect(messages.map(({ content }) => content)).toEqual([
      'My name is Zoë.',
      first.data.choices[0]!.message.content,
      'What is my name?',
      text,
    ])
    if (model.startsWith('demo')) expect(text).toContain('Zoë')
  })
})
