import { describe, expect, it } from '@jest/globals'
import { createPipeline } from '@tandem/providers'
import type { Usage } from '@tandem/schemas'
import { fixtureNames, loadFixture, splitEvents } from '@tandem/testing'
import { tap } from './relay-turn.ts'
import { createTap } from './tap.ts'

function tapped(
  chunks: (string | Buffer)[],
  withholdUsage = true,
): { text: string; told: string; writes: string[]; usages: Usage[] } {
  const usages: Usage[] = []
  let told = ''
  const passed: Buffer[] = []
  const pipeline = createPipeline()
  pipeline.add(
    createTap({
      withholdUsage,
      onUsage: (usage) => void usages.push(usage),
      onEvents: (events) => void (told += String(events)),
    }),
  )
  for (const chunk of chunks) pipeline.take(Buffer.from(chunk), passed)
  pipeline.end(passed)
  const writes = passed.map(String)
  return { text: writes.join(''), told, writes, usages }
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const counts = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
const text = event({ choices: [{ delta: { content: 'Grüße 👋' } }], usage: null })
const end = event({ choices: [{ delta: {}, finish_reason: 'stop' }] })
const usage = event({ choices: [], usage: counts })
const done = 'data: [DONE]\n\n'

describe('the tap of a stream', () => {
  it('tells all that passes, also what it withholds', () => {
    const { text: passed, told } = tapped([text, end + usage, done])
    expect(told).toBe(text + end + usage + done)
    expect(passed).toBe(text + end + done)
  })

  it.each([
    ['each event alone', [text, end, usage, done]],
    ['all at once', [text + end + usage + done]],
    ['the usage beside the end', [text, end + usage, done]],
    ['the usage beside [DONE]', [text, end, usage + done]],
  ])('withholds the usage event and tells it: %s', (_name, chunks) => {
    const { text: passed, usages, writes } = tapped(chunks)
    expect(passed).toBe(text + end + done)
    expect(usages).toEqual([counts])
    expect(writes).not.toContain('')
  })

  it('passes it where it was asked for', () => {
    const { text: passed, usages } = tapped([text, end, usage, done], false)
    expect(passed).toBe(text + end + usage + done)
    expect(usages).toEqual([counts])
  })

  it('withholds it in CRLF and with spaces', () => {
    const spaced =
      'data: {"choices" : [], "usage": { "prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7 }}\n\n'
    expect(tapped([text, spaced, done]).text).toBe(text + done)
    const crlf = (text + usage + done).replaceAll('\n', '\r\n')
    expect(tapped([crlf]).text).toBe((text + done).replaceAll('\n', '\r\n'))
  })

  it('passes a usage that comes with a choice, each time, and tells the last', () => {
    const growing = [1, 2].map((n) =>
      event({ choices: [{ delta: { content: 'x' } }], usage: { ...counts, completion_tokens: n } }),
    )
    const { text: passed, usages } = tapped(growing)
    expect(passed).toBe(growing.join(''))
    expect(usages.at(-1)!.completion_tokens).toBe(2)
  })

  it('passes empty choices without usage', () => {
    const filters = event({ choices: [], prompt_filter_results: [] })
    expect(tapped([filters, text, usage]).text).toBe(filters + text)
  })

  it('is not misled by what a model writes', () => {
    const words = '"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}'
    const sly = event({
      choices: [
        { delta: { content: words, tool_calls: [{ function: { arguments: `{${words}}` } }] } },
      ],
    })
    const { text: passed, usages } = tapped([sly])
    expect(passed).toBe(sly)
    expect(usages).toEqual([])
  })

  it.each(['null', '{', '{}', '{"prompt_tokens":"many"}', '[]', '5'])(
    'lets a usage of %s be',
    async (value) => {
      const odd = `data: {"choices":[{}],"usage":${value}}\n\n`
      expect(tapped([odd])).toMatchObject({ text: odd, usages: [] })
    },
  )

  it('keeps details', () => {
    const full = { ...counts, prompt_tokens_details: { cached_tokens: 2 }, cost: 1e-5 }
    expect(tapped([event({ choices: [], usage: full })]).usages).toEqual([full])
  })

  it.each(fixtureNames.filter((name) => name.endsWith('.sse')))(
    'passes %s byte for byte, piecewise or whole, but for the usage event',
    (name) => {
      const bytes = loadFixture(name)
      const events = splitEvents(bytes)
      const expected = Buffer.concat(
        events.filter((one) => !/"choices": ?\[\]/.test(one.toString())),
      )
      for (const chunks of [[bytes], events]) {
        expect(tapped(chunks).text).toBe(expected.toString())
        expect(tapped(chunks, false).text).toBe(bytes.toString())
      }
    },
  )
})

function read(body: string): { text: string; usages: Usage[] } {
  const usages: Usage[] = []
  const response = { kind: 'whole', body: Buffer.from(body) } as const
  const tapped = tap(response, {
    withholdUsage: false,
    observe: ({ usage }) => void (usage && usages.push(usage)),
  })
  return { text: Buffer.isBuffer(tapped.body) ? tapped.body.toString() : '', usages }
}

describe('a whole answer', () => {
  it.each(fixtureNames.filter((name) => name.endsWith('-chat.json')))(
    'reads the usage of %s',
    (name) => {
      const body = loadFixture(name).toString()
      const { text, usages } = read(body)
      expect(text).toBe(body)
      expect(usages).toEqual([(JSON.parse(body) as { usage: Usage }).usage])
    },
  )

  it('takes the answer without usage as it is', () => {
    expect(read('{"choices":[]}')).toEqual({ text: '{"choices":[]}', usages: [] })
  })

  it('is not misled by what a model writes', () => {
    const body = JSON.stringify({
      usage: counts,
      choices: [
        {
          message: {
            content: '"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}',
          },
        },
      ],
    })
    expect(read(body).usages).toEqual([counts])
  })
})
