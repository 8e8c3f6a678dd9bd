import { expect, it } from '@jest/globals'
import { killServer } from './kill-server.ts'

it('keeps every acknowledged message through 100 kills at random points', async () => {
  const { acknowledged, interrupted, faults } = await killServer(100)
  console.info(`${acknowledged} answers acknowledged, ${interrupted} interrupted`)
  expect(faults).toEqual([])
  expect(acknowledged).toBeGreaterThan(100)
  expect(interrupted).toBeGreaterThan(100)
}, 1_800_000)
