import { describe, expect, it } from '@jest/globals'
import { countCharacters, createAnswerSize } from './answer-size.ts'
import { estimateInput, estimatePrompt } from './estimate.ts'

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`
const delta = (fields: object): string => event({ choices: [{ index: 0, delta: fields }] })
const sizeOf = (text: string): number => countCharacters(Buffer.from(text))

describe('countCharacters', () => {
  it('adds up what streams say: text, thoughts, refusals, calls, all choices', () => {
    const stream = [
      ': OPENROUTER PROCESSING\n\n',
      delta({ role: 'assistant', content: '' }),
      delta({ reasoning_content: '12', reasoning: '12' }),
      delta({ content: 'abc' }),
      event({ choices: [{ index: 1, delta: { content: 'de' } }] }),
      delta({ refusal: 'no' }),
      delta({ tool_calls: [{ index: 0, function: { name: 'sum', arguments: '{"a' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '":1}' } }] }),
      'data: {"broken\n\n',
      'data: [DONE]\n\n',
    ].join('')
    expect(sizeOf(stream)).toBe(2 + 3 + 2 + 2 + 3 + 3 + 4)
    expect(sizeOf(stream.replaceAll('\n', '\r\n'))).toBe(19)
  })

  it('adds up what whole answers say', () => {
    expect(sizeOf('{"choices":[{"message":{"content":"hello"}},{"text":"!"}]}')).toBe(6)
    expect(sizeOf('\n {"choices":[{"message":{"content":null}}]}')).toBe(0)
    expect(sizeOf('{"data":[{"embedding":[1,2]}]}')).toBe(0)
    expect(sizeOf('')).toBe(0)
  })
})

describe('createAnswerSize', () => {
  it('counts long answers while they come, and all of them', () => {
    const size = createAnswerSize()
    const piece = Buffer.from(delta({ content: 'x'.repeat(1000) }))
    for (let n = 0; n < 1000; n += 1) size.addBytes(piece)
    size.addText('abc')
    expect(size.characters()).toBe(1_000_003)
    expect(size.characters()).toBe(1_000_003)
  })

  it('counts a short answer whole, and a long one of uneven pieces nearly', () => {
    const short = createAnswerSize()
    for (let n = 0; n < 30; n += 1) short.addBytes(Buffer.from(delta({ content: 'x'.repeat(n) })))
    expect(short.characters()).toBe((29 * 30) / 2)

    const long = createAnswerSize()
    const lengths = Array.from({ length: 3000 }, (_, n) => (n * n) % 37)
    for (const length of lengths) long.addBytes(Buffer.from(delta({ content: 'x'.repeat(length) })))
    const said = lengths.reduce((sum, length) => sum + length, 0)
    expect(Math.abs(long.characters() / said - 1)).toBeLessThan(0.05)
  })

  it('keeps nothing once nobody will ask', () => {
    const size = createAnswerSize()
    size.addBytes(Buffer.from(delta({ content: 'x' })))
    size.forget()
    size.addBytes(Buffer.from(delta({ content: 'x' })))
    expect(size.characters()).toBe(0)
  })
})

describe('estimates', () => {
  it('take the text of a prompt, not its images', () => {
    const image = {
      type: 'image_url',
      image_url: { url: `data:image/png;base64,${'A'.repeat(9000)}` },
    }
    const content = [{ type: 'text', text: 'abcd' }, image]
    expect(estimatePrompt({ messages: [{ role: 'user', content }] })).toBe(1)
    const tools = [{ type: 'function', function: { name: 'f' } }]
    expect(estimatePrompt({ messages: [], tools })).toBe(
      Math.ceil(JSON.stringify(tools).length / 4),
    )
  })

  it.each([
    ['abcde', 2],
    [['abcd', 'abcd'], 2],
    [[1, 2, 3], 3],
    [[[1, 2], [3]], 3],
    [undefined, 0],
  ])('take all kinds of input: %j', (input, tokens) => {
    expect(estimateInput(input)).toBe(tokens)
  })
})
