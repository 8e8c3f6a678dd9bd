/** Whether the strings in a value hold more than so many characters; they are counted no further. */
export function holds(value: unknown, characters: number): boolean {
  return lengthOf(value, characters) > characters
}

function lengthOf(value: unknown, enough: number): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  let length = 0
  for (const key in value) {
    length += lengthOf((value as Record<string, unknown>)[key], enough)
    if (length > enough) break
  }
  return length
}
