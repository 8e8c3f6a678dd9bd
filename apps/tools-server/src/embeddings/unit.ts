import { AppError } from '@tandem/schemas'

/** Stretches a vector to length 1, in place. @throws AppError where it is not a direction: zero, or no number */
export function toUnit(vector: Float32Array): Float32Array {
  let sum = 0
  for (const value of vector) sum += value * value
  if (!Number.isFinite(sum) || sum === 0) {
    throw new AppError('upstream_invalid_response', {
      cause: new Error('an embedding is zero or not a number'),
    })
  }
  const scale = 1 / Math.sqrt(sum)
  for (let at = 0; at < vector.length; at += 1) vector[at] = (vector[at] ?? 0) * scale
  return vector
}

/** Float32 as SQLite stores it. */
export function toBytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
}

/** A copy: bytes of a database need not lie at a multiple of four. */
export function fromBytes(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes)
  return new Float32Array(copy.buffer, 0, copy.byteLength >> 2)
}
