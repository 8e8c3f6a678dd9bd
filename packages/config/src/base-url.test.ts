import { describe, expect, test } from '@jest/globals'
import { toHttpUrl, toOllamaUrl, toProviderUrl, toUrlHost } from './base-url.ts'

describe('toProviderUrl', () => {
  test.each([
    ['http://host:8080', 'http://host:8080/v1'],
    ['http://host:8080/', 'http://host:8080/v1'],
    ['http://host:8080/v1', 'http://host:8080/v1'],
    ['http://host:8080/v1///', 'http://host:8080/v1'],
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1'],
    ['https://openrouter.ai/api', 'https://openrouter.ai/api/v1'],
    ['https://host/v4', 'https://host/v4'],
    ['https://host/v1beta', 'https://host/v1beta'],
    ['https://host/v1/accounts/7', 'https://host/v1/accounts/7'],
    ['http://[::1]:1234', 'http://[::1]:1234/v1'],
  ])('%s -> %s', (given, expected) => {
    expect(toProviderUrl(given)).toBe(expected)
  })

  test.each(['host:8080', 'ftp://host', 'http://', 'nonsense', 'file:///etc/passwd'])(
    'refuses %s',
    (given) => {
      expect(() => toProviderUrl(given)).toThrow('http:// or https://')
    },
  )

  test('refuses a query, which is often a key', () => {
    expect(() => toProviderUrl('http://host/v1?key=hunter2')).toThrow(
      /^(?!.*hunter2).*without \?query/,
    )
  })
})

test('credentials in a URL are refused without repeating them', () => {
  expect(() => toHttpUrl('http://user:hunter2@host')).toThrow(/^(?!.*hunter2).*API key setting/)
})

describe('toOllamaUrl', () => {
  test.each([
    ['host', 'http://host:11434/v1'],
    ['host:80', 'http://host/v1'],
    [':1234', 'http://127.0.0.1:1234/v1'],
    ['http://host:1234/', 'http://host:1234/v1'],
    ['http://host', 'http://host/v1'],
    ['https://host', 'https://host/v1'],
    ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
    ['0.0.0.0:1234', 'http://127.0.0.1:1234/v1'],
    ['http://0.0.0.0:11434', 'http://127.0.0.1:11434/v1'],
    ['::1', 'http://[::1]:11434/v1'],
    ['[::1]:1234', 'http://[::1]:1234/v1'],
    ['[::]', 'http://127.0.0.1:11434/v1'],
    ['host/ollama', 'http://host:11434/ollama/v1'],
  ])('%s -> %s', (given, expected) => {
    expect(toOllamaUrl(given)).toBe(expected)
  })

  test('refuses another scheme', () => {
    expect(() => toOllamaUrl('unix:///run/ollama')).toThrow('host:port')
  })
})

test('IPv6 addresses are bracketed in URLs', () => {
  expect([toUrlHost('::1'), toUrlHost('[::1]'), toUrlHost('host'), toUrlHost('host:80')]).toEqual([
    '[::1]',
    '[::1]',
    'host',
    'host:80',
  ])
})
