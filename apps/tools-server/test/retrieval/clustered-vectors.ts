/** Vectors of length 1 as embeddings lie: around centres, in fewer dimensions than they have. Never plain noise. */

export interface ClusteredOptions {
  count: number
  dimensions: number
  seed: number
  /** Skips the first ones of the same distribution: queries that are not in the index. */
  from?: number
}

const latent = 32
const centres = 1000

export function clusteredVectors({
  count,
  dimensions,
  seed,
  from = 0,
}: ClusteredOptions): Float32Array {
  const { basis, middles } = spaceOf(seed, dimensions)
  const values = new Float32Array(count * dimensions)
  for (let at = 0; at < count; at += 1) {
    const random = createRandom((seed + 2) * 7919 + from + at)
    random()
    const centre = Math.floor(random() * centres) * latent
    const offset = normal(random, latent)
    const point = offset.map((value, each) => 0.6 * value + (middles[centre + each] ?? 0))
    project({ point, basis, dimensions }, values.subarray(at * dimensions, (at + 1) * dimensions))
  }
  return values
}

const spaces = new Map<string, { basis: Float32Array; middles: Float32Array }>()

function spaceOf(seed: number, dimensions: number) {
  const key = `${seed} ${dimensions}`
  const space = spaces.get(key) ?? {
    basis: normal(createRandom(seed), latent * dimensions),
    middles: normal(createRandom(seed + 1), centres * latent),
  }
  spaces.set(key, space)
  return space
}

function project(
  { point, basis, dimensions }: { point: Float32Array; basis: Float32Array; dimensions: number },
  into: Float32Array,
): void {
  let sum = 0
  for (let to = 0; to < dimensions; to += 1) {
    let value = 0
    for (let each = 0; each < latent; each += 1)
      value += (point[each] ?? 0) * (basis[each * dimensions + to] ?? 0)
    into[to] = value
    sum += value * value
  }
  const scale = 1 / Math.sqrt(sum)
  for (let to = 0; to < dimensions; to += 1) into[to] = (into[to] ?? 0) * scale
}

/** mulberry32 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function normal(random: () => number, count: number): Float32Array {
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  )
}
