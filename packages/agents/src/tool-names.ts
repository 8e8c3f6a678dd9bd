import { distance } from 'fastest-levenshtein'

/** Namespaces that models put before a name. */
const prefix = /^(?:functions?|tools?|default_api|api|namespace)[.:/]+/i

function lettersOf(name: string): string {
  return name
    .replace(prefix, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}

/** The name that was meant: itself, or the only one with the same letters (`Web-Search` for `web_search`). */
export function meantName(name: string, names: readonly string[]): string | undefined {
  if (names.includes(name)) return name
  const letters = lettersOf(name)
  const same = names.filter((known) => lettersOf(known) === letters)
  return same.length === 1 ? same[0] : undefined
}

/** The names, the most alike first. */
export function byLikeness(name: string, names: readonly string[]): string[] {
  const wanted = lettersOf(name).slice(0, 64)
  const ranked = names.map((known) => ({ known, edits: distance(wanted, lettersOf(known)) }))
  return ranked.toSorted((a, b) => a.edits - b.edits).map(({ known }) => known)
}

/** A name as every provider takes it back in a conversation. */
export function safeName(name: string): string {
  return name.replaceAll(/[^\w-]/g, '_').slice(0, 64) || 'unreadable'
}
