import { clip } from './clauses.ts'

const roles =
  /\b[Yy]ou(?:['’]re| are)(?: now)? ((?:an?|the) [^.\n]{1,200}|(?!(?:NOT|Not)\b)\p{Lu}[^.\n]{0,200})|\b[Yy]our name is (\p{L}[^.\n]{0,60})/u

/** The role that the system message gives: "You are a pirate." */
export function roleOf(system: string): string | undefined {
  const [, role, name] = roles.exec(system) ?? []
  const given = role ?? name
  return given === undefined ? undefined : clip(given.trim(), 120)
}
