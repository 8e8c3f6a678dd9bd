/** Which documents a filter lets through. */
import type { DocumentComparison, DocumentFilter } from '@tandem/schemas'

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** A document without the attribute is not equal to anything, and neither more nor less. */
export function matches(filter: DocumentFilter, attributes: Attributes): boolean {
  if ('filters' in filter) {
    const { filters } = filter
    const matchesOne = (each: DocumentFilter): boolean => matches(each, attributes)
    return filter.type === 'and' ? filters.every(matchesOne) : filters.some(matchesOne)
  }
  const actual = Object.hasOwn(attributes, filter.key) ? attributes[filter.key] : undefined
  return compare(filter, actual)
}

function compare(
  filter: DocumentComparison,
  actual: string | number | boolean | undefined,
): boolean {
  switch (filter.type) {
    case 'eq':
      return actual === filter.value
    case 'ne':
      return actual !== filter.value
    case 'in':
      return filter.value.some((value) => value === actual)
    case 'nin':
      return !filter.value.some((value) => value === actual)
    case 'gt':
      return typeof actual === 'number' && actual > filter.value
    case 'gte':
      return typeof actual === 'number' && actual >= filter.value
    case 'lt':
      return typeof actual === 'number' && actual < filter.value
    case 'lte':
      return typeof actual === 'number' && actual <= filter.value
    default:
      return filter satisfies never
  }
}
