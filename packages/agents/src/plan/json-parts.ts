import { objectEnd } from '../prompted/raw-calls.ts'

/** More brackets than that, and a text is no plan with words around it. */
const mostParts = 20

/** What may be JSON in a reply, the longest first: brackets in the words around it hold less than it does. */
export function jsonParts(reply: string): string[] {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(reply)?.[1] ?? ''
  const whole = [reply.trim(), fenced.trim()].filter((part) => /^[{[]/.test(part))
  return [...whole, ...bracketed(reply)].toSorted((a, b) => b.length - a.length)
}

const jsonStart = /[{[]\s*(?:["'{[]|\w+\s*:)/

/** Brackets that begin as JSON does, to where they close; what is never closed goes to the end of the text. */
function bracketed(text: string): string[] {
  const parts: string[] = []
  let rest = text
  while (parts.length < mostParts) {
    const start = rest.search(jsonStart)
    if (start === -1) break
    rest = rest.slice(start)
    const end = objectEnd(rest)
    parts.push(end === -1 ? rest : rest.slice(0, end))
    // The lists and objects within half a JSON are no JSON of their own.
    if (end === -1) break
    rest = rest.slice(end)
  }
  return parts
}
