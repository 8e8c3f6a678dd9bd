/**
 * Latent semantic analysis (Deerwester and others, 1990): which words of a collection occur in the same company, learned from
 * the collection alone. It finds "wing" where "aerofoil" is asked for, needs no weights, and is the third opinion beside
 * words and embeddings. The space is found by subspace iteration (Halko, Martinsson, Tropp, 2011).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { multiply, multiplyTransposed, orthonormalize, type Sparse } from './linear-algebra.ts'

export interface TopicModel {
  terms: readonly string[]
  idf: Float32Array
  /** One row of `dimensions` numbers a term. */
  basis: Float32Array
  dimensions: number
}

export type Counts = ReadonlyMap<string, number>

const mostDimensions = 120
const mostTerms = 30_000
const iterations = 6
/** What is in more of the texts than this says nothing about any of them. */
const commonFrom = 0.3

/** Undefined where there is too little to learn from. Lets other work have its turn now and then. */
export async function fitTopics(texts: readonly Counts[]): Promise<TopicModel | undefined> {
  const { terms, idf } = chooseTerms(texts)
  const dimensions = Math.min(mostDimensions, Math.floor(texts.length / 3), terms.length >> 1)
  if (dimensions < 2) return undefined
  const at = new Map(terms.map((term, index) => [term, index]))
  const rows = texts.map((counts) => toRow(counts, { at, idf }))
  const basis = signs(terms.length * dimensions)
  for (let step = 0; step < iterations; step += 1) {
    const projected = await multiply(rows, basis, dimensions)
    basis.fill(0)
    await multiplyTransposed(rows, projected, { dimensions, into: basis })
    // Twice, for what the first leaves where the directions are nearly the same.
    for (let time = 0; time < 2; time += 1) {
      await nextTurn()
      orthonormalize(basis, dimensions)
    }
  }
  return { terms, idf, basis, dimensions }
}

function chooseTerms(texts: readonly Counts[]): { terms: string[]; idf: Float32Array } {
  const found = new Map<string, number>()
  for (const counts of texts) {
    for (const term of counts.keys()) found.set(term, (found.get(term) ?? 0) + 1)
  }
  const telling = [...found]
    .filter(([, count]) => count > 1 && count < texts.length * commonFrom)
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, mostTerms)
  return {
    terms: telling.map(([term]) => term),
    idf: Float32Array.from(telling, ([, count]) => Math.log(texts.length / count)),
  }
}

interface Vocabulary {
  at: ReadonlyMap<string, number>
  idf: Float32Array
}

/** Logarithmic counts by rarity, of length 1. */
function toRow(counts: Counts, { at, idf }: Vocabulary): Sparse {
  const known = [...counts].flatMap(([term, count]) => {
    const index = at.get(term)
    return index === undefined ? [] : [{ index, weight: (1 + Math.log(count)) * (idf[index] ?? 0) }]
  })
  const length = Math.sqrt(known.reduce((sum, { weight }) => sum + weight * weight, 0)) || 1
  return {
    indices: Int32Array.from(known, ({ index }) => index),
    weights: Float32Array.from(known, ({ weight }) => weight / length),
  }
}

/** Pseudo-random +1 and -1, the same each time. */
function signs(count: number): Float32Array {
  let state = 42
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state & 0x8000_0000 ? 1 : -1
  })
}

export interface TopicProjection {
  /** Of length 1; undefined where it has no word that the model knows. */
  of(counts: Counts): Float32Array | undefined
}

export function createProjection({ terms, idf, basis, dimensions }: TopicModel): TopicProjection {
  const at = new Map(terms.map((term, index) => [term, index]))
  return {
    of(counts) {
      const { indices, weights } = toRow(counts, { at, idf })
      const vector = new Float32Array(dimensions)
      for (const [each, index] of indices.entries()) {
        const weight = weights[each] ?? 0
        for (let to = 0; to < dimensions; to += 1) {
          vector[to] = (vector[to] ?? 0) + weight * (basis[index * dimensions + to] ?? 0)
        }
      }
      const length = Math.hypot(...vector)
      return length > 1e-6 ? vector.map((value) => value / length) : undefined
    },
  }
}
