import { describe, expect, it } from '@jest/globals'
import { AppError, toErrorBody } from '@tandem/schemas'
import { fixtureReply, loadFixture, type FixtureName } from '@tandem/testing'
import {
  nameProvider,
  parseComplaint,
  toErrorInside,
  toTransportError,
  toUpstreamError,
} from './upstream-errors.ts'

function fromFixture(name: FixtureName) {
  const { status = 200 } = fixtureReply(name)
  return toUpstreamError({ status, body: loadFixture(name).toString(), secret: 'topsecretkey' })
}

function failureOfType(status: number, type: string) {
  const body = JSON.stringify({ error: { message: 'No', type, code: 'oom' } })
  return toUpstreamError({ status, body })
}

function sayOfPage(status: number): string {
  return toErrorBody(toUpstreamError({ status, body: '<html>' })).error.message
}

describe('an upstream that says no', () => {
  it.each([
    ['openai-context-overflow.json', 400, 'context_length_exceeded'],
    ['llamacpp-context-overflow.json', 400, 'context_length_exceeded'],
    ['lmstudio-context-overflow.json', 400, 'context_length_exceeded'],
    ['openai-unknown-model.json', 404, 'model_not_found'],
    ['ollama-unknown-model.json', 404, 'model_not_found'],
    ['openai-rate-limit.json', 429, 'rate_limit_exceeded'],
    ['openai-quota.json', 429, 'rate_limit_exceeded'],
    ['openai-bad-key.json', 502, 'upstream_credentials'],
  ] as const)('%s is a %d %s', (name, status, code) => {
    const error = fromFixture(name)
    expect(error).toMatchObject({ status, code })
    expect(error.message).not.toBe('')
  })

  it.each([
    [400, 'invalid_request', 400],
    [401, 'upstream_credentials', 502],
    [402, 'upstream_credentials', 502],
    [403, 'upstream_credentials', 502],
    [404, 'model_not_found', 404],
    [408, 'upstream_timeout', 504],
    [409, 'invalid_request', 409],
    [422, 'invalid_request', 422],
    [429, 'rate_limit_exceeded', 429],
    [500, 'upstream_error', 502],
    [503, 'upstream_error', 502],
    [504, 'upstream_timeout', 504],
    [529, 'upstream_error', 502],
  ])('status %d is %s (%d)', (status, code, answered) => {
    const body = JSON.stringify({ error: { message: 'it said so', type: 't', code: 500 } })
    const error = toUpstreamError({ status, body })
    expect(error).toMatchObject({ code, status: answered })
    expect(typeof error.publicCode).toBe('string')
  })

  it.each([
    [400, "However, the model's context length is only 4096 tokens, resulting in a maximum input"],
    [400, "The input (300 tokens) is longer than the model's context length (200 tokens)."],
    [422, '`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens'],
    [422, '`inputs` must have less than 1024 tokens. Given: 1500'],
    [400, 'prompt too long; exceeded max context length by 12 tokens'],
    [
      400,
      'The number of tokens to keep from the initial prompt is greater than the context length.',
    ],
    [400, 'Reached context length of 4096 tokens with model m.'],
    [400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens"],
    [400, 'too many tokens: total number of tokens in the prompt cannot exceed 4081'],
    [400, 'too many tokens: size limit exceeded by 106 tokens.'],
    [400, 'Invalid request: Your request exceeded model token limit: 262144 (requested: 310000)'],
    [400, 'Prompt exceeds max length'],
    [400, '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]'],
    [400, 'prompt token count of 5000 exceeds the limit of 4096'],
    [400, 'The request exceeds the model context window.'],
    [413, 'tokens_limit_reached: Request body too large for gpt-4o model. Max size: 8000 tokens.'],
    [413, 'request_too_large: Request exceeds the maximum size'],
    [
      400,
      "Invalid 'messages[1].content': string too long. Expected a string with maximum length 9",
    ],
    [400, "Invalid 'messages[1].content[0].text': string too long. Expected a string with maximum"],
    [500, 'Context size has been exceeded.'],
  ])('%d %s: the prompt is too long', (status, message) => {
    const body = JSON.stringify({ error: { message } })
    expect(toUpstreamError({ status, body })).toMatchObject({
      code: 'context_length_exceeded',
      status: 400,
    })
    expect(toErrorInside(JSON.stringify({ error: { message, code: status } }), {}).code).toBe(
      'context_length_exceeded',
    )
  })

  it('a context that fills up in the middle of an answer is no prompt that is too long', () => {
    const body = JSON.stringify({
      error: { message: 'Context size has been exceeded.', code: 500 },
    })
    expect(toErrorInside(body, { spent: true }).code).toBe('upstream_error')
  })

  it.each([
    [429, 'Too many tokens per minute', 'rate_limit_exceeded'],
    [429, 'too many tokens: size of all requests per minute', 'rate_limit_exceeded'],
    [429, 'Too many tokens, please wait before trying again.', 'rate_limit_exceeded'],
    [429, 'The number of input tokens per minute exceeds your limit', 'rate_limit_exceeded'],
    [413, 'Request too large for model `x` on tokens per minute (TPM): Limit 6', 'invalid_request'],
    [400, 'max_tokens exceeds the limit of 8192', 'invalid_request'],
    [400, 'max_tokens is too large: 9. This model supports at most 8', 'invalid_request'],
    [400, 'Range of max_tokens should be [1, 8192]', 'invalid_request'],
    [400, '`max_new_tokens` must be <= 512. Given: 4096', 'invalid_request'],
    [400, "Invalid 'messages[1].tool_calls[0].id': string too long.", 'invalid_request'],
    [400, "Invalid 'tools[0].function.description': string too long.", 'invalid_request'],
    [413, 'Too large', 'invalid_request'],
    [500, 'context deadline exceeded', 'upstream_error'],
    [503, 'prompt is too long', 'upstream_error'],
  ])('%d %s: a shorter prompt would not help', (status, message, code) => {
    const body = JSON.stringify({ error: { message } })
    expect(toUpstreamError({ status, body }).code).toBe(code)
  })

  it('with HTML is a wrong base URL, not the caller', () => {
    for (const status of [400, 404, 405])
      expect(toUpstreamError({ status, body: '<html>nginx</html>' })).toMatchObject({
        code: 'upstream_invalid_response',
        status: 502,
      })
  })

  it('with HTML and 429 is a rate limit all the same', () => {
    expect(toUpstreamError({ status: 429, body: '<html>', retryAfter: '7' })).toMatchObject({
      status: 429,
      retryAfterMs: 7000,
    })
  })

  it('keeps param and code of the upstream', () => {
    const error = { message: 'No', type: 'x', param: 'messages[0]', code: 'odd_code' }
    expect(toUpstreamError({ status: 400, body: JSON.stringify({ error }) })).toMatchObject({
      message: 'No',
      param: 'messages[0]',
      publicCode: 'odd_code',
    })
  })

  it('keeps its type where clients know it, and the code of its own failures', () => {
    expect(failureOfType(404, 'invalid_request_error').type).toBe('invalid_request_error')
    expect(failureOfType(429, 'tokens').type).toBe('rate_limit_error')
    expect(failureOfType(500, 'server_error')).toMatchObject({
      publicCode: 'oom',
      code: 'upstream_error',
    })
  })

  it.each([
    [400, "Invalid 'top_k'", "Invalid 'top_k'"],
    [402, 'No credit left', 'The model provider refused the gateway: No credit left. The operator'],
    [
      403,
      'Not in your country.',
      'The model provider refused the gateway: Not in your country. The',
    ],
    [404, "model 'x' not found", "model 'x' not found"],
    [429, 'Try again in 20s', 'Try again in 20s'],
    [500, 'CUDA out of memory', 'The model provider failed: CUDA out of memory'],
    [503, 'Overloaded', 'The model provider failed: Overloaded'],
    [400, 'prompt is too long: 9 > 8', 'prompt is too long: 9 > 8'],
  ])('%d %s is told whole, without advice of ours', (status, message, told) => {
    const error = toUpstreamError({ status, body: JSON.stringify({ error: { message } }) })
    const { message: said } = toErrorBody(error).error
    if (error.code === 'upstream_credentials') expect(said.startsWith(told)).toBe(true)
    else expect(said).toBe(told)
  })

  it.each([401, 407])('%d is told in our words: its own may hold pieces of the key', (status) => {
    const body = JSON.stringify({ error: { message: 'Incorrect API key provided: abc***xyz' } })
    const { message } = toErrorBody(toUpstreamError({ status, body })).error
    expect(message).toMatch(/^The model provider refused the gateway's credentials\./)
    expect(message).not.toContain('xyz')
  })

  it('without words is told in ours, with the remedy', () => {
    expect(sayOfPage(429)).toBe(
      'The model provider takes no more requests for now. Wait and try again.',
    )
    expect(sayOfPage(500)).toBe('The model provider failed. Try again.')
    expect(sayOfPage(504)).toMatch(/^The model provider took too long\. Try again/)
  })

  it.each([
    ['rate_limit_exceeded', 429],
    ['insufficient_quota', 429],
    ['context_length_exceeded', 400],
    ['model_not_found', 404],
    ['odd', 502],
    [429, 429],
    [7, 502],
  ])('inside a 200 with the code %s is answered with %d', (code, status) => {
    const body = JSON.stringify({ error: { message: 'No', code } })
    expect(toErrorInside(body, {}).status).toBe(status)
  })

  it('reads retry-after as seconds or as a date', () => {
    const body = '{"error":"slow down"}'
    const at = new Date(Date.now() + 20_000).toUTCString()
    const { retryAfterMs } = toUpstreamError({ status: 429, body, retryAfter: at })
    expect(retryAfterMs).toBeGreaterThan(15_000)
    expect(retryAfterMs).toBeLessThanOrEqual(20_000)
    expect(toUpstreamError({ status: 429, body, retryAfter: 'soon' }).retryAfterMs).toBeUndefined()
    expect(toUpstreamError({ status: 429, body, retryAfter: '1.5' }).retryAfterMs).toBe(1500)
  })

  it('never tells a key, neither ours nor one that looks like one', () => {
    const secret = 'a secret+(key)'
    for (const status of [400, 401, 403, 404, 429, 500]) {
      const body = JSON.stringify({ error: { message: `key ${secret} and sk-proj-abcdefgh1234` } })
      const error = toUpstreamError({ status, body, secret })
      const told = JSON.stringify([error.message, error.details, error.param, error.publicCode])
      expect(told).not.toContain(secret)
      expect(told).not.toContain('abcdefgh1234')
    }
  })
})

describe('parseComplaint', () => {
  it.each([
    ['{"error":{"message":"a","code":null}}', 'a'],
    ['{"error":{"message":"a","code":400}}', 'a'],
    ['{"error":"b"}', 'b'],
    ['{"detail":"c"}', 'c'],
    ['{"message":"d"}', 'd'],
  ])('reads %s', (body, message) => {
    expect(parseComplaint(body)).toMatchObject({ message })
    expect(typeof parseComplaint(body)?.code).not.toBe('number')
  })

  it.each(['', 'null', '[]', '{}', '<html>', '{"error":null}', '{"error":5}', '"x"'])(
    'reads nothing in %s',
    (body) => expect(parseComplaint(body)).toBeUndefined(),
  )
})

describe('toTransportError', () => {
  it.each([
    ['ECONNREFUSED', 'upstream_unreachable'],
    ['ENOTFOUND', 'upstream_unreachable'],
    ['EAI_AGAIN', 'upstream_unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'upstream_timeout'],
    ['ETIMEDOUT', 'upstream_timeout'],
    ['CERT_HAS_EXPIRED', 'upstream_unreachable'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream_unreachable'],
    ['HPE_INVALID_CONSTANT', 'upstream_invalid_response'],
    ['ECONNRESET', 'upstream_interrupted'],
    ['UND_ERR_SOCKET', 'upstream_interrupted'],
  ])('%s is %s', (code, expected) => {
    const cause = Object.assign(new Error('x'), { code })
    expect(toTransportError(cause, false)).toMatchObject({ code: expected, cause, spent: false })
  })

  it('looks into what happy eyeballs collected', () => {
    const inner = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
    expect(toTransportError(new AggregateError([inner, inner]), false).code).toBe(
      'upstream_unreachable',
    )
  })

  it('knows that money may be spent once an answer began', () => {
    expect(toTransportError(new Error('x'), true).spent).toBe(true)
  })
})

describe('nameProvider', () => {
  it('says which provider it was, once, and keeps all else', () => {
    const failed = toUpstreamError({
      status: 503,
      body: '{"error":"Overloaded"}',
      retryAfter: '7',
      spent: true,
    })
    const named = nameProvider(failed, 'ollama') as AppError
    expect(named.message).toBe("The model provider 'ollama' failed: Overloaded")
    const { code, status, type, publicCode, remedy, details } = failed
    const kept = { code, status, type, publicCode, remedy, details }
    expect(named).toMatchObject({ ...kept, retryAfterMs: 7000, spent: true })
    expect(nameProvider(named, 'ollama')).toBe(named)
  })

  it.each([new AppError('cancelled'), new TypeError('The model provider'), 'a word', undefined])(
    'leaves what is not said of a provider as it is: %s',
    (thrown) => {
      expect(nameProvider(thrown, 'ollama')).toBe(thrown)
    },
  )
})
