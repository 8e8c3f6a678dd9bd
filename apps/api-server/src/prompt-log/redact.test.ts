import { describe, expect, it } from '@jest/globals'
import { startCpuClock } from '@tandem/testing'
import { createRedactor } from './redact.ts'

const redact = createRedactor(['provider"key\\1', 'xyz'])
/** Through JSON, as in the log; proves that the line stays JSON. */
const clean = (text: string): string =>
  (JSON.parse(redact(JSON.stringify({ text }))) as { text: string }).text

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk'

describe('createRedactor', () => {
  it.each([
    'sk-abcdefghijklmnop',
    'sk-proj-abc_DEF-1234567890',
    'sk-ant-api03-abcdefghijk',
    'sk-or-v1-0123456789abcdef',
    'sk-tandem-0123456789abcdefghijklmnop',
    `ghp_${'a1'.repeat(18)}`,
    `github_pat_${'a1'.repeat(20)}`,
    'xoxb-1234567890-abcdef',
    'AKIAIOSFODNN7EXAMPLE',
    `AIza${'a'.repeat(35)}`,
    `hf_${'a'.repeat(34)}`,
    `gsk_${'a'.repeat(30)}`,
    'tvly-dev-abcdefghijkl',
    'glpat-abcdefghijklmnopqrst',
    jwt,
    'provider"key\\1',
  ])('takes out %s, wherever it stands', (secret) => {
    for (const [before, after] of [
      ['', ''],
      ['key=', ' and so on'],
      ['first line\n', '\nlast line'],
      ['tab\t"', '"'],
      ['{"a":"line\\n', '"}'],
      ['Grüße:', '.'],
      ['\u0001', ''],
    ]) {
      expect(clean(`${before}${secret}${after}`)).toBe(`${before}[redacted]${after}`)
    }
  })

  it('takes out what follows Bearer, and private keys', () => {
    expect(clean('curl -H "Authorization: Bearer abcdef123456"')).toBe(
      'curl -H "Authorization: Bearer [redacted]"',
    )
    expect(clean('-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----')).toBe(
      '-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----',
    )
  })

  it('shortens the data of images', () => {
    expect(clean(`look: data:image/png;base64,${'QUJD'.repeat(1000)} there`)).toBe(
      'look: data:image/png;base64,[4000 characters] there',
    )
  })

  it.each([
    'ask-about-everything-there-is',
    'the task-oriented-approach-works',
    'sk-short',
    'a bearer of good news',
    'data:text/plain;base64,QUJD',
    'eyJust.a.word',
  ])('leaves what is no secret: %s', (text) => {
    expect(clean(text)).toBe(text)
  })

  it('takes out short secrets of ours only where they are worth it', () => {
    expect(clean('xyz')).toBe('xyz')
  })

  it.each([
    'eyJ',
    'sk-',
    'Bearer ',
    'data:',
    'data:a;base64,',
    '-----BEGIN PRIVATE KEY-----',
    'eyJa.eyJa',
  ])('cannot be made slow with %s', (piece) => {
    const line = JSON.stringify({ text: piece.repeat(100_000) })
    const spent = startCpuClock()
    redact(line)
    expect(spent()).toBeLessThan(3000)
  })
})
