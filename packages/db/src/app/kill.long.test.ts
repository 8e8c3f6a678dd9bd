import { expect, it } from '@jest/globals'
import { killWriters } from '../../test/kill.ts'

it('keeps every acknowledged message through 100 kills at random points', async () => {
  const { acknowledged, faults } = await killWriters(100)
  expect(faults).toEqual([])
  expect(acknowledged).toBeGreaterThan(100)
}, 600_000)
