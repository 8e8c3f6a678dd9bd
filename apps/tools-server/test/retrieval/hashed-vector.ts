import { createHash } from 'node:crypto'

/** A vector of words, hashed: alike texts have alike vectors. */
export function hashedVector(input: string, dimensions = 64): number[] {
  const vector = Array.from({ length: dimensions }, () => 0.001)
  for (const word of input.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const at = createHash('md5').update(word).digest().readUInt32LE(0) % dimensions
    vector[at] = (vector[at] ?? 0) + 1
  }
  return vector
}
