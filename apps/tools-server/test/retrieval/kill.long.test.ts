import { it } from '@jest/globals'
import { killAtSteps } from './kill-indexing.ts'

// The steps: next, cut, pending, storeVectors, publish, missing, buildTopics. Each is met at each of the three moments.
it.each([
  ['one after the other', [1, 1, 1, 2, 2, 2, 3, 3, 3, 2, 2, 2, 1, 2, 3, 4, 5]],
  ['far apart', [4, 4, 4, 7, 7, 7, 9]],
  ['near the end', [10, 10, 10, 6, 6, 6, 5, 5, 5]],
  ['while publishing', [9, 9, 9, 3, 3, 3]],
])('is whole after kill -9 at steps %s, and goes on', (_, steps) => killAtSteps(steps), 600_000)
