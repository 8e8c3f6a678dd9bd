/** A plain tokenizer: short words with the space before them, groups of digits, punctuation. Its tokens join to the text. */
const token =
  /[^\S\n]?\p{Lo}{1,2}|[^\S\n]?[\p{L}\p{M}]{1,12}|[^\S\n]?\p{N}{1,3}|[^\S\n]?[^\s\p{L}\p{M}\p{N}]{1,4}|\s{1,16}(?!\S)|\s{1,16}/gu

export function* toTokens(text: string): Generator<string> {
  for (const [piece] of text.matchAll(token)) yield piece
}

/** Counting stops at the limit, so that a prompt of megabytes costs no more than a long one. */
export function countTokens(text: string, limit = Number.POSITIVE_INFINITY): number {
  const next = new RegExp(token)
  let count = 0
  while (count < limit && next.test(text)) count++
  return count
}
