/** The order in which the parts of a line are seen, after Unicode’s bidirectional algorithm. */
import bidiFactory, { type Bidi } from 'bidi-js'

// Its types are those of the module; Node loads the function itself.
const bidi = (bidiFactory as unknown as () => Bidi)()

/** The embedding level of each UTF-16 unit; odd ones run from right to left. */
export function levelsOf(text: string, rtl: boolean): Uint8Array {
  return bidi.getEmbeddingLevels(text, rtl ? 'rtl' : 'ltr').levels
}

/** From the order of reading to the order from left to right (rule L2). */
export function toVisualOrder<Part extends { level: number }>(parts: readonly Part[]): Part[] {
  const order = [...parts]
  const highest = Math.max(0, ...order.map(({ level }) => level))
  for (let level = highest; level >= 1; level -= 1) {
    for (let start = 0; start < order.length; start += 1) {
      let end = start
      while (end < order.length && (order[end]?.level ?? 0) >= level) end += 1
      if (end > start + 1) order.splice(start, end - start, ...order.slice(start, end).toReversed())
      start = end
    }
  }
  return order
}

/** Signs and blanks as they are seen in text that runs from right to left: turned round, brackets mirrored. */
export function mirrorSigns(text: string): string {
  return Array.from(text)
    .toReversed()
    .map((char) => bidi.getMirroredCharacter(char) ?? char)
    .join('')
}
