import { jsonrepair } from 'jsonrepair'

export type LooseJson =
  | { ok: true; value: unknown; repaired: boolean }
  | { ok: false; why: 'unreadable' | 'cut' | 'nested' }

/** What no honest call reaches; deeper values would overflow the stack of whoever walks them. */
const deepest = 200

/** JSON as models write it: quotes, commas and brackets are put right, but what is missing is never made up. */
export function parseLooseJson(text: string): LooseJson {
  const trimmed = text.trim()
  if (trimmed.length > deepest && walk(trimmed).deepest > deepest)
    return { ok: false, why: 'nested' }
  const exact = parse(trimmed)
  if (exact.ok) return { ok: true, value: exact.value, repaired: false }
  if (isCutOff(trimmed)) return { ok: false, why: 'cut' }
  try {
    return { ok: true, value: JSON.parse(jsonrepair(trimmed)), repaired: true }
  } catch {
    return { ok: false, why: 'unreadable' }
  }
}

/**
 * Whether JSON ends in the middle of a value: half a string or number reads as a whole one once a repair has closed it.
 * Brackets that are missing after a finished value are harmless.
 */
export function isCutOff(text: string): boolean {
  const { open, depth } = walk(text)
  return open || (depth > 0 && !/["'}\]]\s*$/.test(text))
}

/** How the text's brackets and quotes stand at its end, and how deep they went. */
function walk(text: string): { open: boolean; depth: number; deepest: number } {
  const quote = text.includes('"') ? '"' : "'"
  const state = { open: false, depth: 0, deepest: 0 }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (state.open && character === '\\') at += 1
    else if (character === quote) state.open = !state.open
    else if (!state.open && (character === '{' || character === '[')) {
      state.depth += 1
      state.deepest = Math.max(state.deepest, state.depth)
    } else if (!state.open && (character === '}' || character === ']')) state.depth -= 1
  }
  return state
}

function parse(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}
