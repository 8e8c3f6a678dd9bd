import { expect, it } from '@jest/globals'
import { createStagger } from './stagger.ts'

it('those who begin at once go on in their order, with a round of the event loop between two', async () => {
  const stagger = createStagger()
  const told: string[] = []
  const begin = async (name: string): Promise<void> => {
    await stagger()
    told.push(name)
    setImmediate(() => told.push(`after ${name}`))
  }
  await Promise.all(['a', 'b', 'c'].map(begin))
  expect(told.filter((each) => !each.startsWith('after'))).toEqual(['a', 'b', 'c'])
  expect(told.indexOf('after a')).toBeLessThan(told.indexOf('c'))
  await begin('d')
  expect(told.at(-1)).toBe('d')
})
