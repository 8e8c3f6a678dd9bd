import { describe, expect, it } from '@jest/globals'
import { textOf } from '@tandem/schemas'
import { chatChunks, chatCompletion, loadFixture, splitEvents } from '@tandem/testing'
import { createAnswerCollector, readAnswer } from './collect-answer.ts'

const sse = (events: readonly object[]): string =>
  `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`

function collected(...pieces: (string | Buffer)[]) {
  const collector = createAnswerCollector()
  for (const piece of pieces) collector.take(Buffer.from(piece))
  return collector.message()
}

const delta = (delta: object, index = 0) => ({ choices: [{ index, delta, finish_reason: null }] })
const call = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('an answer that is streamed', () => {
  it('is its text', () => {
    const content = 'Grüße 👋 "quoted"\n[DONE] data: x'
    expect(collected(sse(chatChunks({ content })))).toEqual({ role: 'assistant', content })
  })

  it('grows', () => {
    const collector = createAnswerCollector()
    expect(collector.message()).toBeUndefined()
    const events = chatChunks({ tokens: ['one', ' two'] }).map((event) => sse([event]))
    collector.take(Buffer.from(events[0]!))
    expect(collector.message()).toBeUndefined()
    collector.take(Buffer.from(events[1]!))
    expect(collector.message()).toEqual({ role: 'assistant', content: 'one' })
    collector.take(Buffer.from(events[2]!))
    expect(collector.message()).toEqual({ role: 'assistant', content: 'one two' })
  })

  it('is the first choice alone', () => {
    const events = [delta({ content: 'a' }), delta({ content: 'X' }, 1), delta({ content: 'b' })]
    expect(collected(sse(events))?.content).toBe('ab')
  })

  it('has calls, whole ones only', () => {
    const toolCalls = [
      { id: 'c1', name: 'f', arguments: { x: 1 } },
      { id: 'c2', name: 'g', arguments: { y: 'z' } },
    ]
    const text = sse(chatChunks({ toolCalls }))
    const whole = [call('c1', 'f', '{"x":1}'), call('c2', 'g', '{"y":"z"}')]
    expect(collected(text)).toEqual({ role: 'assistant', content: null, tool_calls: whole })
    const events = text.split(/(?<=\n\n)/)
    for (let count = 0; count <= events.length; count += 1) {
      const calls = collected(...events.slice(0, count))?.tool_calls ?? []
      for (const { function: made } of calls) expect(() => JSON.parse(made.arguments)).not.toThrow()
    }
  })

  it('has reasoning and refusal, in any spelling', () => {
    expect(collected(sse([delta({ reasoning_content: 'hm' }), delta({ content: 'x' })]))).toEqual({
      role: 'assistant',
      content: 'x',
      reasoning: 'hm',
    })
    expect(collected(sse([delta({ reasoning: 'hm' })]))).toMatchObject({ reasoning: 'hm' })
    expect(collected(sse([delta({ refusal: 'No' }), delta({ refusal: '.' })]))).toEqual({
      role: 'assistant',
      content: null,
      refusal: 'No.',
    })
  })

  it('has the function_call of old as a call', () => {
    const events = [
      delta({ function_call: { name: 'f', arguments: '' } }),
      delta({ function_call: { arguments: '{"x"' } }),
      delta({ function_call: { arguments: ':1}' } }),
    ]
    expect(collected(sse(events))?.tool_calls).toEqual([call('call_f', 'f', '{"x":1}')])
  })

  it('passes over what cannot be read', () => {
    const text = `: comment\n\ndata: {broken\n\ndata: {"choices":7}\n\ndata: null\n\n${sse([delta({ content: 'x' })])}`
    expect(collected(text)?.content).toBe('x')
    expect(collected(text.replaceAll('\n', '\r\n'))?.content).toBe('x')
  })

  it.each(['openai-text', 'llamacpp-text', 'ollama-text', 'lmstudio-text'] as const)(
    'of a real upstream, however it is cut: %s',
    (name) => {
      const recorded = loadFixture(`${name}.sse`)
      const message = collected(recorded)
      expect(textOf(message?.content).length).toBeGreaterThan(0)
      expect(collected(...splitEvents(recorded))).toEqual(message)
    },
  )
})

describe('an answer that comes whole', () => {
  it('is its message', () => {
    expect(readAnswer(bytes(chatCompletion({ content: 'Hi' })))).toEqual({
      role: 'assistant',
      content: 'Hi',
    })
    const toolCalls = [{ id: 'c1', name: 'f', arguments: { x: 1 } }]
    expect(readAnswer(bytes(chatCompletion({ toolCalls })))).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [call('c1', 'f', '{"x":1}')],
    })
    expect(readAnswer(bytes({ choices: [{ message: { content: '' } }] }))).toEqual({
      role: 'assistant',
      content: '',
    })
    const parts = [{ type: 'text', text: 'Hi' }]
    expect(readAnswer(bytes({ choices: [{ message: { content: parts } }] }))?.content).toEqual(
      parts,
    )
  })

  it.each(['', '{', '{}', '{"choices":[]}', '{"choices":[{"message":7}]}'])(
    'may not be one: %j',
    (text) => {
      expect(readAnswer(Buffer.from(text))).toBeUndefined()
    },
  )
})
