import { expect, it } from '@jest/globals'
import { killServer } from './kill-server.ts'

it('keeps every acknowledged message, once and whole, when the server is killed', async () => {
  const { acknowledged, interrupted, faults } = await killServer(2)
  expect(faults).toEqual([])
  expect(acknowledged).toBeGreaterThan(0)
  expect(interrupted).toBeGreaterThan(0)
}, 300_000)
