import { distance } from 'fastest-levenshtein'

const most = 3

/** Of these names of models the few that somebody may have meant who wrote this one; the nearest first. */
export function nearNames(asked: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, unlikeness: unlikeness(asked, name) }))
    .filter(({ unlikeness: found }) => found <= 0.4)
    .toSorted((one, other) => one.unlikeness - other.unlikeness)
    .slice(0, most)
    .map(({ name }) => name)
}

/** From 0, the same, to 1. A name may lack its provider, its tag or its end. */
function unlikeness(asked: string, name: string): number {
  const [whole, bare] = [name.toLowerCase(), withoutProvider(name.toLowerCase())]
  const wanted = asked.toLowerCase()
  const pairs = [
    [wanted, whole],
    [withoutProvider(wanted), bare],
    [withoutTag(withoutProvider(wanted)), withoutTag(bare)],
  ] as const
  const isPart = wanted.length > 2 && whole.includes(withoutProvider(wanted))
  return Math.min(
    isPart ? 0.2 : 1,
    ...pairs.map(([a, b]) => distance(a, b) / Math.max(a.length, 1)),
  )
}

function withoutProvider(name: string): string {
  return name.slice(name.indexOf('/') + 1)
}

function withoutTag(name: string): string {
  return name.replace(/:[^:/]*$/, '')
}
