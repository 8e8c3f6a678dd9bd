/** `3`, `2-5`, `120-` (to the end) or nothing (all); numbers from 1. Undefined where it is none of these. */
export function parseRange(text: string): { from: number; to: number } | undefined {
  const plain = text.replaceAll(/\s/g, '').replaceAll('–', '-')
  if (plain === '') return { from: 1, to: Number.MAX_SAFE_INTEGER }
  const [, first, dash, last] = /^(\d{1,9})(-)?(\d{1,9})?$/.exec(plain) ?? []
  if (first === undefined || (last !== undefined && dash === undefined)) return undefined
  const from = Number(first)
  const to = last === undefined ? (dash ? Number.MAX_SAFE_INTEGER : from) : Number(last)
  return from >= 1 && to >= from ? { from, to } : undefined
}
