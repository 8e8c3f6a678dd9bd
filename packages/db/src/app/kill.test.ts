import { expect, it } from '@jest/globals'
import { killWriters } from '../../test/kill.ts'

it('keeps every acknowledged message, once and whole, when the process is killed while it writes', async () => {
  const { acknowledged, faults } = await killWriters(4)
  expect(faults).toEqual([])
  expect(acknowledged).toBeGreaterThan(0)
}, 60_000)
