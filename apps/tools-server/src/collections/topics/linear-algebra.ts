/** As much of it as topics need: a sparse matrix by its rows, and a dense one with few columns, row by row. */
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface Sparse {
  indices: Int32Array
  weights: Float32Array
}

/** Rows done in one go. */
const slice = 500

/** rows × dense */
export async function multiply(
  rows: readonly Sparse[],
  dense: Float32Array,
  columns: number,
): Promise<Float32Array> {
  const product = new Float32Array(rows.length * columns)
  for (const [row, { indices, weights }] of rows.entries()) {
    if (row % slice === slice - 1) await nextTurn()
    for (let each = 0; each < indices.length; each += 1) {
      addScaled(product, row * columns, {
        from: dense,
        at: (indices[each] ?? 0) * columns,
        by: weights[each] ?? 0,
        columns,
      })
    }
  }
  return product
}

/** rowsᵀ × dense, added to what is in `into` */
export async function multiplyTransposed(
  rows: readonly Sparse[],
  dense: Float32Array,
  { dimensions: columns, into }: { dimensions: number; into: Float32Array },
): Promise<void> {
  for (const [row, { indices, weights }] of rows.entries()) {
    if (row % slice === slice - 1) await nextTurn()
    for (let each = 0; each < indices.length; each += 1) {
      addScaled(into, (indices[each] ?? 0) * columns, {
        from: dense,
        at: row * columns,
        by: weights[each] ?? 0,
        columns,
      })
    }
  }
}

interface Scaled {
  from: Float32Array
  at: number
  by: number
  columns: number
}

function addScaled(into: Float32Array, to: number, { from, at, by, columns }: Scaled): void {
  for (let column = 0; column < columns; column += 1) {
    into[to + column] = (into[to + column] ?? 0) + by * (from[at + column] ?? 0)
  }
}

/** Makes the columns of a tall matrix perpendicular and of length 1, by the Cholesky factor of their products. */
export function orthonormalize(matrix: Float32Array, columns: number): void {
  const factor = cholesky(products(matrix, columns), columns)
  for (let row = 0; row < matrix.length; row += columns) {
    for (let column = 0; column < columns; column += 1) {
      let value = matrix[row + column] ?? 0
      for (let before = 0; before < column; before += 1) {
        value -= (factor[column * columns + before] ?? 0) * (matrix[row + before] ?? 0)
      }
      matrix[row + column] = value / (factor[column * columns + column] ?? 1)
    }
  }
}

/** matrixᵀ × matrix, the lower half */
function products(matrix: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns * columns)
  for (let row = 0; row < matrix.length; row += columns) {
    for (let column = 0; column < columns; column += 1) {
      const value = matrix[row + column] ?? 0
      for (let other = 0; other <= column; other += 1) {
        sums[column * columns + other] =
          (sums[column * columns + other] ?? 0) + value * (matrix[row + other] ?? 0)
      }
    }
  }
  return sums
}

function cholesky(sums: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size)
  const trace = sums.reduce((sum, value, at) => (at % (size + 1) === 0 ? sum + value : sum), 0)
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let value = sums[row * size + column] ?? 0
      for (let before = 0; before < column; before += 1) {
        value -= (factor[row * size + before] ?? 0) * (factor[column * size + before] ?? 0)
      }
      // A direction that adds nothing becomes noise of no length instead of a division by zero.
      factor[row * size + column] =
        row === column
          ? Math.sqrt(Math.max(value, trace * 1e-12 + 1e-30))
          : value / (factor[column * size + column] ?? 1)
    }
  }
  return factor
}
