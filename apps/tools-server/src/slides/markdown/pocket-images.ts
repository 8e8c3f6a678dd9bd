/** Pictures as data URLs are millions of characters long, which no regular expression of a parser is made for. */

export interface Pocketed {
  /** The text with a short name in the place of each picture. */
  text: string
  /** Puts the pictures back into every string of what was made from the text. */
  restore<Value>(value: Value): Value
}

const opening = /data:image\/[a-z.+-]{1,20};base64,/gi
const pocketName = /data:pocketed-image-(\d+);/g

export function pocketImages(markdown: string): Pocketed {
  const images: string[] = []
  let text = ''
  let from = 0
  for (const { index } of markdown.matchAll(opening)) {
    if (index < from) continue
    const end = endOfBase64(markdown, markdown.indexOf(',', index) + 1)
    text += `${markdown.slice(from, index)}data:pocketed-image-${images.length};`
    images.push(markdown.slice(index, end))
    from = end
  }
  text += markdown.slice(from)
  return { text, restore: (value) => restore(value, images) as typeof value }
}

function endOfBase64(text: string, from: number): number {
  let end = from
  while (isBase64(text.charCodeAt(end))) end += 1
  return end
}

/** `A-Z a-z 0-9 + / = _ -` */
function isBase64(code: number): boolean {
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  const isDigit = code >= 48 && code <= 57
  return (
    isLetter || isDigit || code === 43 || code === 47 || code === 61 || code === 95 || code === 45
  )
}

function restore(value: unknown, images: readonly string[]): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(pocketName, (name, at: string) => images[Number(at)] ?? name)
  }
  if (Array.isArray(value)) return value.map((each) => restore(each, images))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, restore(each, images)]),
  )
}
