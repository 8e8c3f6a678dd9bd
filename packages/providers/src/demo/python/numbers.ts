/** The numbers of a text as they are written. */
export function numbersIn(text: string): string[] {
  return text.match(/(?<![\w.])-?\d+(?:\.\d+)?/g) ?? []
}
