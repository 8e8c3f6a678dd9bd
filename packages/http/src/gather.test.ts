import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { createGatherer, type Gatherer } from './gather.ts'

function gather(): { gatherer: Gatherer; left: (string | Buffer)[] } {
  const left: (string | Buffer)[] = []
  return { left, gatherer: createGatherer((pieces) => left.push(pieces)) }
}

describe('createGatherer', () => {
  it('lets what one turn adds leave as one piece at its end, and what the next adds as another', async () => {
    const { gatherer, left } = gather()
    for (const piece of ['a', Buffer.from('é'), '€']) gatherer.add(piece)
    expect(left).toEqual([])
    await nextTurn()
    gatherer.add('b')
    gatherer.add('c')
    await nextTurn()
    expect(left.map(String)).toEqual(['aé€', 'bc'])
  })

  it('hands a single piece on as it is', async () => {
    const { gatherer, left } = gather()
    const piece = Buffer.from('alone')
    gatherer.add(piece)
    await nextTurn()
    expect(left[0]).toBe(piece)
  })

  it('keeps little in a turn that does not end', () => {
    const { gatherer, left } = gather()
    for (let at = 0; at < 1000; at += 1) gatherer.add('x'.repeat(1000))
    const gone = left.reduce((sum, pieces) => sum + pieces.length, 0)
    expect(1_000_000 - gone).toBeLessThan(70_000)
  })

  it('lets go at once what is asked for, and nothing twice', async () => {
    const { gatherer, left } = gather()
    gatherer.flush()
    gatherer.add('a')
    gatherer.flush()
    gatherer.add('b')
    gatherer.flush()
    gatherer.flush()
    await nextTurn()
    expect(left).toEqual(['a', 'b'])
  })
})
