/** Fills the `{places}` of a phrase. */
export function say(phrase: string, values: Readonly<Record<string, string | number>>): string {
  return phrase.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}
