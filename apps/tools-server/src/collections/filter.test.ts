import { expect, it } from '@jest/globals'
import { documentFilterSchema } from '@tandem/schemas'
import { matches } from './filter.ts'

const attributes = { kind: 'book', year: 1999, open: true }

it.each([
  [{ type: 'eq', key: 'kind', value: 'book' }, true],
  [{ type: 'eq', key: 'open', value: true }, true],
  [{ type: 'ne', key: 'kind', value: 'book' }, false],
  [{ type: 'ne', key: 'missing', value: 'book' }, true],
  [{ type: 'gt', key: 'year', value: 1999 }, false],
  [{ type: 'gte', key: 'year', value: 1999 }, true],
  [{ type: 'lt', key: 'year', value: 2000 }, true],
  [{ type: 'lte', key: 'missing', value: 2000 }, false],
  [{ type: 'lt', key: 'kind', value: 2000 }, false],
  [{ type: 'in', key: 'year', value: [1998, 1999] }, true],
  [{ type: 'nin', key: 'year', value: [1998, 1999] }, false],
  [{ type: 'eq', key: 'toString', value: 'x' }, false],
  [
    {
      type: 'and',
      filters: [
        { type: 'eq', key: 'kind', value: 'book' },
        { type: 'gt', key: 'year', value: 1 },
      ],
    },
    true,
  ],
  [
    {
      type: 'or',
      filters: [
        { type: 'eq', key: 'kind', value: 'x' },
        { type: 'eq', key: 'year', value: 1 },
      ],
    },
    false,
  ],
])('%j is %s', (filter, expected) => {
  expect(matches(documentFilterSchema.parse(filter), attributes)).toBe(expected)
})

it('refuses what is no filter, and what is nested without end', () => {
  let deep: unknown = { type: 'eq', key: 'a', value: 1 }
  for (let level = 0; level < 5; level += 1) deep = { type: 'and', filters: [deep] }
  for (const wrong of [
    deep,
    {},
    { type: 'like', key: 'a', value: 'b' },
    { type: 'gt', key: 'a', value: 'b' },
    { type: 'and', filters: [] },
  ]) {
    expect(documentFilterSchema.safeParse(wrong).success).toBe(false)
  }
})
