/** Exact search: the product with every vector. What FAISS does faster above some ten thousand, and the judge of it. */

export interface Neighbour {
  rowId: number
  /** The cosine: 1 is the same direction. */
  score: number
}

export interface Matrix {
  rowIds: Float64Array
  /** Row by row. */
  values: Float32Array
  dimensions: number
}

/** The `k` nearest, best first. */
export function searchExactly(
  { rowIds, values, dimensions }: Matrix,
  query: Float32Array,
  options: { k: number; isLive: (rowId: number, at: number) => boolean },
): Neighbour[] {
  const best = createBest(options.k)
  for (let row = 0; row < rowIds.length; row += 1) {
    const score = product(values, row * dimensions, query)
    if (score <= best.floor()) continue
    const rowId = rowIds[row] ?? 0
    if (options.isLive(rowId, row)) best.add({ rowId, score })
  }
  return best.take()
}

function product(values: Float32Array, from: number, query: Float32Array): number {
  // Four sums at once: the processor need not wait for one addition to begin the next.
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  const whole = query.length & ~3
  for (let at = 0; at < whole; at += 4) {
    a += (values[from + at] ?? 0) * (query[at] ?? 0)
    b += (values[from + at + 1] ?? 0) * (query[at + 1] ?? 0)
    c += (values[from + at + 2] ?? 0) * (query[at + 2] ?? 0)
    d += (values[from + at + 3] ?? 0) * (query[at + 3] ?? 0)
  }
  for (let at = whole; at < query.length; at += 1) a += (values[from + at] ?? 0) * (query[at] ?? 0)
  return a + b + c + d
}

/** Keeps the `k` best of what it is given. */
export function createBest(k: number) {
  const kept: Neighbour[] = []
  const floor = (): number => (kept.length < k ? -Infinity : (kept.at(-1)?.score ?? Infinity))
  return {
    floor,
    add(neighbour: Neighbour): void {
      if (k === 0 || neighbour.score <= floor()) return
      let at = kept.length
      while (at > 0 && (kept[at - 1]?.score ?? Infinity) < neighbour.score) at -= 1
      kept.splice(at, 0, neighbour)
      if (kept.length > k) kept.pop()
    },
    take: (): Neighbour[] => kept,
  }
}
