import { describe, expect, it } from '@jest/globals'
import type { Usage } from '@tandem/schemas'
import { fixtureNames, loadFixture, splitEvents } from '@tandem/testing'
import { tap } from './relay-turn.ts'
import { tapStream } from './tap.ts'

async function* source(...chunks: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

async function tapped(
  chunks: (string | Buffer)[],
  withholdUsage = true,
): Promise<{ text: string; writes: string[]; usages: Usage[] }> {
  const usages: Usage[] = []
  const writes: string[] = []
  const onUsage = (usage: Usage) => void usages.push(usage)
  for await (const bytes of tapStream(source(...chunks), { withholdUsage, onUsage }))
    writes.push(bytes.toString())
  return { text: writes.join(''), writes, usages }
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const counts = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
const text = event({ choices: [{ delta: { content: 'Grüße 👋' } }], usage: null })
const end = event({ choices: [{ delta: {}, finish_reason: 'stop' }] })
const usage = event({ choices: [], usage: counts })
const done = 'data: [DONE]\n\n'

describe('tapStream', () => {
  it.each([
    ['each event alone', [text, end, usage, done]],
    ['all at once', [text + end + usage + done]],
    ['the usage beside the end', [text, end + usage, done]],
    ['the usage beside [DONE]', [text, end, usage + done]],
  ])('withholds the usage event and tells it: %s', async (_name, chunks) => {
    const { text: passed, usages, writes } = await tapped(chunks)
    expect(passed).toBe(text + end + done)
    expect(usages).toEqual([counts])
    expect(writes).not.toContain('')
  })

  it('passes it where it was asked for', async () => {
    const { text: passed, usages } = await tapped([text, end, usage, done], false)
    expect(passed).toBe(text + end + usage + done)
    expect(usages).toEqual([counts])
  })

  it('withholds it in CRLF and with spaces', async () => {
    const spaced =
      'data: {"choices" : [], "usage": { "prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7 }}\n\n'
    expect((await tapped([text, spaced, done])).text).toBe(text + done)
    const crlf = (text + usage + done).replaceAll('\n', '\r\n')
    expect((await tapped([crlf])).text).toBe((text + done).replaceAll('\n', '\r\n'))
  })

  it('passes a usage that comes with a choice, each time, and tells the last', async () => {
    const growing = [1, 2].map((n) =>
      event({ choices: [{ delta: { content: 'x' } }], usage: { ...counts, completion_tokens: n } }),
    )
    const { text: passed, usages } = await tapped(growing)
    expect(passed).toBe(growing.join(''))
    expect(usages.at(-1)!.completion_tokens).toBe(2)
  })

  it('passes empty choices without usage', async () => {
    const filters = event({ choices: [], prompt_filter_results: [] })
    expect((await tapped([filters, text, usage])).text).toBe(filters + text)
  })

  it('is not misled by what a model writes', async () => {
    const words = '"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}'
    const sly = event({
      choices: [
        { delta: { content: words, tool_calls: [{ function: { arguments: `{${words}}` } }] } },
      ],
    })
    const { text: passed, usages } = await tapped([sly])
    expect(passed).toBe(sly)
    expect(usages).toEqual([])
  })

  it.each(['null', '{', '{}', '{"prompt_tokens":"many"}', '[]', '5'])(
    'lets a usage of %s be',
    async (value) => {
      const odd = `data: {"choices":[{}],"usage":${value}}\n\n`
      expect(await tapped([odd])).toMatchObject({ text: odd, usages: [] })
    },
  )

  it('keeps details', async () => {
    const full = { ...counts, prompt_tokens_details: { cached_tokens: 2 }, cost: 1e-5 }
    expect((await tapped([event({ choices: [], usage: full })])).usages).toEqual([full])
  })

  it.each(fixtureNames.filter((name) => name.endsWith('.sse')))(
    'passes %s byte for byte, piecewise or whole, but for the usage event',
    async (name) => {
      const bytes = loadFixture(name)
      const events = splitEvents(bytes)
      const expected = Buffer.concat(
        events.filter((one) => !/"choices": ?\[\]/.test(one.toString())),
      )
      for (const chunks of [[bytes], events]) {
        expect((await tapped(chunks)).text).toBe(expected.toString())
        expect((await tapped(chunks, false)).text).toBe(bytes.toString())
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
    async (name) => {
      const body = loadFixture(name).toString()
      const { text, usages } = read(body)
      expect(text).toBe(body)
      expect(usages).toEqual([(JSON.parse(body) as { usage: Usage }).usage])
    },
  )

  it('takes the answer without usage as it is', async () => {
    expect(read('{"choices":[]}')).toEqual({ text: '{"choices":[]}', usages: [] })
  })

  it('is not misled by what a model writes', async () => {
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
