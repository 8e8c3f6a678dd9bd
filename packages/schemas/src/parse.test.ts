import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { AppError } from './errors.ts'
import { chatRequestSchema } from './openai/chat.ts'
import { embeddingsRequestSchema } from './openai/embeddings.ts'
import { parseInput } from './parse.ts'

function errorOf(schema: z.ZodType, input: unknown): AppError {
  try {
    parseInput(schema, input)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('It was accepted.')
}

const messages = [{ role: 'user', content: 'x' }]

describe('parseInput', () => {
  it.each([
    [{}, 'messages', 'missing_parameter'],
    [{ messages: null }, 'messages', 'invalid_request'],
    [{ messages: [] }, 'messages', 'invalid_request'],
    [{ messages: [{}] }, 'messages[0].role', 'missing_parameter'],
    [{ messages: [{ role: 'x' }] }, 'messages[0].role', 'invalid_request'],
    [{ messages: [...messages, 5] }, 'messages[1]', 'invalid_request'],
    [
      { messages: [{ role: 'user', content: [{ type: 'text' }, {}] }] },
      'messages[0].content[1].type',
      'missing_parameter',
    ],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content', 'invalid_request'],
    [{ messages, temperature: 9 }, 'temperature', 'invalid_request'],
    [{ messages, max_tokens: 0 }, 'max_tokens', 'invalid_request'],
    [{ messages, max_tokens: 1.5 }, 'max_tokens', 'invalid_request'],
    [
      { messages, tools: [{ type: 'function', function: {} }] },
      'tools[0].function.name',
      'missing_parameter',
    ],
    [{ messages, tool_choice: 'must' }, 'tool_choice', 'invalid_request'],
    [
      { messages, stream_options: { include_usage: 1 } },
      'stream_options.include_usage',
      'invalid_request',
    ],
    [
      {
        messages: [
          {
            role: 'assistant',
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: {} } }],
          },
        ],
      },
      'messages[0].tool_calls[0].function.arguments',
      'invalid_request',
    ],
  ])('%j is at fault in %s', (input, param, code) => {
    const error = errorOf(chatRequestSchema, input)
    expect(error).toMatchObject({ status: 400, param, code })
    expect(error.message).toContain(`'${param}'`)
  })

  it('says what is missing where a union was expected', () => {
    expect(errorOf(embeddingsRequestSchema, {})).toMatchObject({
      code: 'missing_parameter',
      param: 'input',
      message: "Missing required parameter: 'input'.",
    })
  })

  it('says what a union takes, and which parameter nothing is known of', () => {
    expect(errorOf(embeddingsRequestSchema, { input: {} }).message).toMatch(
      /^Invalid 'input': .*expected string or array\.$/,
    )
    const strict = z.object({ filter: z.strictObject({ a: z.number().optional() }) })
    expect(errorOf(strict, { filter: { b: 1 } })).toMatchObject({
      param: 'filter.b',
      message: "Unknown parameter: 'filter.b'.",
    })
  })

  it('has no param where the whole input is wrong', () => {
    const error = errorOf(z.object({}), undefined)
    expect(error).toMatchObject({ code: 'invalid_request', param: undefined })
  })

  it('keeps what it does not know', () => {
    const input = {
      messages: [{ role: 'user', content: [{ type: 'new', x: 1 }], y: 2 }],
      z: { deep: [null] },
    }
    expect(parseInput(chatRequestSchema, input)).toEqual(input)
  })

  it('reads the call of a custom tool as one of a function', () => {
    const call = { id: 'c', type: 'custom', custom: { name: 'f', input: 'a "text"' } }
    const parsed = parseInput(chatRequestSchema, {
      messages: [{ role: 'assistant', tool_calls: [call] }],
    })
    expect(parsed.messages[0]!.tool_calls).toEqual([
      { id: 'c', type: 'function', function: { name: 'f', arguments: '{"input":"a \\"text\\""}' } },
    ])
  })

  it('takes null for absent in every optional field', () => {
    const optional = Object.keys(chatRequestSchema.shape).filter((name) => name !== 'messages')
    const nulls = Object.fromEntries(optional.map((name) => [name, null]))
    expect(parseInput(chatRequestSchema, { ...nulls, messages })).toEqual({ ...nulls, messages })
  })
})
