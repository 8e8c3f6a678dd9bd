/** Controls but line breaks and tabs, marks that turn the direction of foreign text, and what XML cannot hold. */
const unfit = /[\p{Cc}\u2028-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]/gu

/** Text that every format can hold: no control characters, no halves of characters. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replaceAll(unfit, (char) => (char === '\n' || char === '\t' ? char : ''))
    .normalize('NFC')
}

/** Clean text on one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/gu, ' ').trim()
}
