import type { Neighbour } from '../vectors/exact.ts'

/**
 * Those at least half as near as the nearest. Vectors always have neighbours: of a small collection everything would be one,
 * and a rank among strangers would count like a find.
 */
export function nearOnes(neighbours: readonly Neighbour[]): Neighbour[] {
  const nearest = Math.max(0, ...neighbours.map(({ score }) => score))
  return neighbours.filter(({ score }) => score > 0 && score >= nearest / 2)
}
