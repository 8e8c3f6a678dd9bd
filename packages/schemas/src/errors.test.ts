import { describe, expect, it } from '@jest/globals'
import {
  AppError,
  changeError,
  errorTable,
  toAppError,
  toErrorBody,
  type ErrorCode,
} from './errors.ts'

const codes = Object.keys(errorTable) as ErrorCode[]
const types: Record<string, RegExp> = {
  invalid_request_error: /^4(00|05|09|13|15|22|99)$/,
  authentication_error: /^401$/,
  permission_error: /^403$/,
  not_found_error: /^404$/,
  rate_limit_error: /^429$/,
  server_error: /^5\d\d$/,
}

describe.each(codes)('%s', (code) => {
  it('has a status that fits its type, a message and four keys on the wire', () => {
    const { status, type, message, remedy } = errorTable[code]
    expect(String(status)).toMatch(types[type]!)
    expect(message).toMatch(/\.$/)
    expect(remedy).toMatch(/^$|\.$/)
    const { error } = toErrorBody(new AppError(code))
    expect(error).toEqual({
      message: expect.stringContaining(message),
      type,
      param: null,
      code,
    })
    expect(error.message).toContain(remedy)
  })
})

function sayUpstreamError(message: string): string {
  return toErrorBody(new AppError('upstream_error', { message })).error.message
}

describe('AppError', () => {
  it('says its own words instead of the table, and the remedy once', () => {
    const { remedy } = errorTable.upstream_error
    const own = toErrorBody(new AppError('upstream_error', { message: 'It broke.' })).error.message
    expect(own).toBe(`It broke. ${remedy}`)
    const twice = toErrorBody(new AppError('upstream_error', { message: `It broke. ${remedy}` }))
    expect(twice.error.message).toBe(own)
  })

  it('ends the message with a full stop before the remedy', () => {
    const { remedy } = errorTable.upstream_error
    expect(sayUpstreamError('It broke')).toBe(`It broke. ${remedy}`)
    for (const message of ['Did it?', 'It did!', 'It said "no."', '(It did.)', 'It did…'])
      expect(sayUpstreamError(message)).toBe(`${message} ${remedy}`)
  })

  it('leaves the words of another as they are', () => {
    const error = new AppError('rate_limit_exceeded', { message: 'slow down', remedy: '' })
    expect(toErrorBody(error).error.message).toBe('slow down')
  })

  it('changes one thing and keeps the rest', () => {
    const all = {
      message: 'm',
      cause: new Error('c'),
      param: 'p',
      details: { d: 1 },
      retryAfterMs: 5,
      status: 422,
      publicCode: 'odd',
      type: 'rate_limit_error',
      remedy: 'r',
    } as const
    const changed = changeError(new AppError('invalid_request', all), { spent: true })
    expect(changed).toMatchObject({ code: 'invalid_request', ...all, spent: true })
  })

  it('carries an upstream’s own status and code', () => {
    const error = new AppError('invalid_request', { status: 422, publicCode: 'odd', param: 'x[0]' })
    expect(error.status).toBe(422)
    expect(toErrorBody(error).error).toMatchObject({ code: 'odd', param: 'x[0]' })
  })

  it('never sends cause or details', () => {
    const error = new AppError('internal_error', {
      cause: new Error('secret cause'),
      details: { secret: 'detail' },
    })
    expect(JSON.stringify(toErrorBody(error))).not.toContain('secret')
  })
})

describe('toAppError', () => {
  it('leaves ours and wraps the rest', () => {
    const ours = new AppError('cancelled')
    expect(toAppError(ours)).toBe(ours)
    const cause = new TypeError('x')
    expect(toAppError(cause)).toMatchObject({ code: 'internal_error', cause })
    for (const thrown of [undefined, null, 'text', 5, { a: 1 }, Object.create(null) as unknown]) {
      const error = toAppError(thrown)
      expect(error).toMatchObject({ code: 'internal_error', status: 500 })
      expect(error.cause).toBeInstanceOf(Error)
    }
  })
})
