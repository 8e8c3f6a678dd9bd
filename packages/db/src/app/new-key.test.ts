import { expect, it } from '@jest/globals'
import { describeApiKey, hashApiKey, makeApiKey } from './new-key.ts'

it('makes keys that differ, and keeps a hash and the first letters of each', () => {
  const made = makeApiKey()
  expect(made.key).toMatch(/^sk-tandem-[\w-]{43}$/)
  expect(made.prefix).toBe(made.key.slice(0, 16))
  expect(made.hash).toBe(hashApiKey(made.key))
  expect(makeApiKey().key).not.toBe(made.key)
})

it('hashes with SHA-256, so that keys outlive a version', () => {
  expect(hashApiKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

it('shows little of a key that somebody chose', () => {
  expect(describeApiKey('my-own-key').prefix).toBe('my-')
})
