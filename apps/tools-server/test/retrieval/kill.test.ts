import { it } from '@jest/globals'
import { killAtSteps } from './kill-indexing.ts'

it('is whole after kill -9 at a step, and goes on', async () => {
  await killAtSteps([2, 3, 4])
}, 120_000)
