import { expect } from '@jest/globals'

export interface ErrorKeys {
  message: string
  type: string
  param: string | null
  code: string | null
}

/** What no caller may ever read: frames of a stack, files of ours. */
const stackTrace = /\n\s+at |\.ts:\d|node:internal|node_modules/

/** Asserts OpenAI's error body: exactly the four keys, no number in them, no stack trace. */
export function expectErrorBody(text: string): ErrorKeys {
  expect(text).not.toMatch(stackTrace)
  const body = JSON.parse(text) as { error: ErrorKeys }
  expect(Object.keys(body)).toEqual(['error'])
  expect(Object.keys(body.error).toSorted()).toEqual(['code', 'message', 'param', 'type'])
  expect(body.error).toEqual({
    message: expect.stringMatching(/\S/),
    type: expect.stringMatching(/_error$/),
    param: body.error.param === null ? null : expect.any(String),
    code: body.error.code === null ? null : expect.any(String),
  })
  return body.error
}

/** The data of each SSE event, comments left out; fails on half an event. */
export function expectWholeEvents(text: string): string[] {
  expect(text).not.toContain('\uFFFD')
  if (text !== '') expect(text).toMatch(/\n\n$/)
  return text
    .split('\n\n')
    .filter((event) => event !== '' && !event.startsWith(':'))
    .map((event) => {
      const data = /^data: (.*)$/m.exec(event)?.[1] ?? ''
      if (data !== '[DONE]') expect(() => JSON.parse(data) as unknown).not.toThrow()
      return data
    })
}
