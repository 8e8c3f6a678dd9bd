/** Prompts of megabytes as the log tells them: writing them whole would hold up all requests for seconds. */

/** Characters of all strings together up to which a call is told whole. */
const mostCharacters = 1024 * 1024
/** What is left of a string where there is more. */
const keptCharacters = 4096

/** The same value, or one in which long strings are cut. */
export function shorten(value: unknown): unknown {
  return lengthOf(value) <= mostCharacters ? value : cutAll(value)
}

function cutAll(value: unknown): unknown {
  if (typeof value === 'string') return cut(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return cutList(value)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cutAll(each)]))
}

/** So that thousands of short ones are not much either. */
const keptMembers = 200

function cutList(values: readonly unknown[]): unknown[] {
  const left = values.length - keptMembers
  if (left <= 0) return values.map(cutAll)
  return [`[${left} more before]`, ...values.slice(-keptMembers).map(cutAll)]
}

function cut(text: string): string {
  if (text.length <= keptCharacters) return text
  const head = /^data:[^,]{0,100};base64,/.exec(text.slice(0, 120))?.[0]
  if (head !== undefined) return `${head}[${text.length - head.length} characters]`
  // Not within a word: half of a secret looks like none.
  const words = text.slice(0, keptCharacters).replace(/\S{1,512}$/, '')
  return `${words.toWellFormed()}[${text.length - words.length} characters more]`
}

/** Of all strings in it, counted until they are too many. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  let length = 0
  for (const key in value) {
    length += 8 + lengthOf((value as Record<string, unknown>)[key])
    if (length > mostCharacters) break
  }
  return length
}
