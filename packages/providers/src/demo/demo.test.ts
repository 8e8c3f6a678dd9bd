import { describe, expect, it } from '@jest/globals'
import type { ModelEvent } from '../types.ts'
import { createDemoProvider } from './index.ts'
import { ask, assistant, callsOf, stream, system, textOf, tool, user } from './test/ask.ts'

const signal = new AbortController().signal

async function tokens(...args: Parameters<typeof ask>): Promise<number> {
  return (await ask(...args)).usage?.prompt_tokens ?? 0
}

async function eventsOf(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

describe('the provider', () => {
  const provider = createDemoProvider()

  it('lists its one model', async () => {
    expect(provider.name).toBe('demo')
    expect(await provider.listModels({ signal })).toEqual([
      expect.objectContaining({ id: 'assistant', object: 'model', context_length: 8192 }),
    ])
  })

  it('knows no other model', () => {
    expect(() => provider.model('other')).toThrow(
      expect.objectContaining({ code: 'model_not_found', param: 'model' }),
    )
  })

  it('says what it can do', () => {
    const model = provider.model('assistant')
    expect(model).toMatchObject({ provider: 'demo', id: 'assistant' })
    expect(model.capabilities).toMatchObject({
      tools: 'native',
      images: true,
      jsonSchema: true,
      reasoning: false,
    })
    expect(model.relay).toBeUndefined()
  })
})

describe('the stream', () => {
  it('goes from start over tokens to finish with usage', async () => {
    const events = await eventsOf(
      stream({ messages: [user('repeat after me: good morning, world!')] }),
    )
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      ...Array.from({ length: 5 }, () => 'text-delta'),
      'finish',
    ])
    const text = events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))
    expect(text).toEqual(['good', ' morning', ',', ' world', '!'])
    expect(events[0]).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-\w{29}$/),
      model: 'assistant',
    })
    const usage = events.at(-1)
    expect(usage).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: 5,
        total_tokens: expect.any(Number),
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    })
  })

  it('says the same to the same request, whatever the seed', async () => {
    const first = await ask('Tell me a story', { seed: 1 })
    expect(await ask('Tell me a story', { seed: 2 })).toEqual(first)
    expect((await ask('Tell me a joke')).id).not.toBe(first.id)
  })

  it('counts longer prompts as more tokens, tools and images too', async () => {
    const short = await tokens('hello')
    expect(short).toBeLessThan(10)
    expect(await tokens('hello there my friend')).toBe(short + 3)
    expect(await tokens('hello', { tools: [tool('foo')] })).toBeGreaterThan(short + 10)
    const image = [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }]
    expect(await tokens([user(image)])).toBeGreaterThan(85)
  })

  it('stops at maxTokens and says so', async () => {
    const answer = await ask('count to 10', { maxTokens: 3 })
    expect(answer).toMatchObject({ text: '1, 2', finishReason: 'length' })
    expect(answer.usage?.completion_tokens).toBe(3)
    expect(await ask('ping', { maxTokens: 1 })).toMatchObject({
      text: 'pong',
      finishReason: 'stop',
    })
  })

  it('stops before the first of the stop words', async () => {
    expect(await ask('count to 10', { stop: ['7', ' 4', '', 'never'] })).toMatchObject({
      text: '1, 2, 3,',
      finishReason: 'stop',
    })
    expect(await ask('ping', { stop: ['pong'] })).toMatchObject({ text: '', finishReason: 'stop' })
  })

  it('refuses a prompt that is longer than its context, before the first event', async () => {
    const events = stream({ messages: [user('word '.repeat(8200))] })
    await expect(events.next()).rejects.toMatchObject({
      code: 'context_length_exceeded',
      param: 'messages',
    })
    expect((await ask(`repeat after me: ${'word '.repeat(5000)}`)).finishReason).toBe('length')
  })

  it('stops at once when it is aborted, with the reason of the signal', async () => {
    const controller = new AbortController()
    const model = createDemoProvider({ delayMs: 60_000 }).model('assistant')
    const events = model.stream({ messages: [user('count to 10')] }, { signal: controller.signal })
    await events.next()
    const next = events.next()
    const reason = new Error('the client left')
    controller.abort(reason)
    await expect(next).rejects.toBe(reason)
    expect(await events.next()).toEqual({ done: true, value: undefined })
  })

  it('does not begin once it is aborted', async () => {
    const reason = new Error('too late')
    await expect(stream({ messages: [user('hi')] }, AbortSignal.abort(reason)).next()).rejects.toBe(
      reason,
    )
  })

  it('gives way to the event loop between tokens', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await ask('count to 200')
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })

  it('streams a call in pieces that join to its JSON', async () => {
    const request = {
      messages: [user("what's 2 + 2 and what is 3 * 3?")],
      tools: [tool('calculator', { expression: { type: 'string' } })],
    }
    const events = await eventsOf(stream(request))
    for (const index of [0, 1]) {
      const own = events.filter((event) => 'index' in event && event.index === index)
      const [start, ...deltas] = own
      const end = deltas.pop()
      expect(deltas.length).toBeGreaterThan(3)
      const json = deltas
        .map((event) => (event.type === 'tool-call-delta' ? event.text : '!'))
        .join('')
      expect(start).toMatchObject({ type: 'tool-call-start', name: 'calculator' })
      expect(end).toMatchObject({ type: 'tool-call-end', call: { function: { arguments: json } } })
      expect(start).toMatchObject({ id: (end as { call: { id: string } }).call.id })
    }
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'tool_calls' })
  })

  it('leaves out a call that does not fit into maxTokens', async () => {
    const answer = await ask('15 * 23', {
      tools: [tool('calculator', { expression: { type: 'string' } })],
      maxTokens: 3,
    })
    expect(answer).toMatchObject({ toolCalls: [], text: '', finishReason: 'length' })
  })
})

describe('instructions', () => {
  const inUppercase = [system('Answer in uppercase.'), user('ping')]

  it.each([
    ['in uppercase', inUppercase, 'PONG'],
    ['in lower case', [system('Always respond in lower case.'), user('Say HELLO')], 'hello'],
    [
      'from the developer',
      [{ ...system('Reply in ALL CAPS'), role: 'developer' as const }, user('ping')],
      'PONG',
    ],
    ['with the number only', 'What is 15 * 23? Reply with only the number.', '345'],
    [
      'with a fixed beginning',
      [system('Start every answer with "Ahoy!"'), user('ping')],
      'Ahoy! pong',
    ],
    ['with a fixed end', [system('End your answers with "Over."'), user('ping')], 'pong Over.'],
    ['with fixed words', [system('Only reply with "OK".'), user('What is love?')], 'OK'],
  ])('are followed where plain rules can: %s', async (_name, messages, text) => {
    expect(await textOf(messages)).toBe(text)
  })

  it('say who it is to be', async () => {
    const text = await textOf([system('You are Bob, a pirate. Be brief.'), user('Who are you?')])
    expect(text).toContain("Tandem's built-in demo model")
    expect(text).toContain('Bob, a pirate')
  })
})

describe('images', () => {
  const png =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const gif = 'data:image/gif;base64,R0lGODlhAgADAIAAAP///wAAACH5BAAAAAAALAAAAAACAAMAAAIChF8AOw=='
  const jpeg = `data:image/jpeg;base64,${Buffer.from('ffd8ffe000044a46ffc0000b080010002001011100ffd9', 'hex').toString('base64')}`

  it.each([
    [png, 'image/png, 70 bytes, 1 × 1 pixels'],
    [gif, 'image/gif, 43 bytes, 2 × 3 pixels'],
    [jpeg, 'image/jpeg, 23 bytes, 32 × 16 pixels'],
    ['data:image/webp;base64,UklGRg==', 'image/webp, 4 bytes'],
    ['https://example.com/cat.png', 'https://example.com/cat.png'],
    ['data:image/png;base64,iVBORw==', 'image/png, 4 bytes'],
  ])('are described by what their address tells: %#', async (url, description) => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url } },
    ]
    expect(await textOf([user(content)])).toContain(description)
  })

  it('of earlier messages are not described again', async () => {
    const before = user([{ type: 'image_url', image_url: { url: png } }])
    expect(await textOf([before, assistant('nice'), user('ping')])).toBe('pong')
  })
})

it('tolerates conversations of any shape', async () => {
  const odd = [
    [],
    [system('You are nice.')],
    [assistant('hello')],
    [user('')],
    [user([])],
    [user(null)],
    [{ role: 'tool' as const, content: 'lonely', tool_call_id: 'x', reasoning: undefined }],
  ]
  for (const messages of odd) expect(await textOf(messages)).not.toBe('')
  expect(await callsOf('hi', { tools: [] })).toEqual([])
})
