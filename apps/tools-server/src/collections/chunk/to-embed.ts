import { createHash } from 'node:crypto'

/** What is embedded of a chunk: its text under the title and the headings that say what it is about. */
export function toEmbed({
  title,
  heading,
  text,
}: {
  title: string
  heading?: string | undefined
  text: string
}): string {
  const above = [title, heading].filter((line) => line !== undefined && line !== '').join(' > ')
  // A document that begins with its own title need not say it twice.
  if (above === '' || text.toLowerCase().startsWith(above.toLowerCase())) return text
  return `${above}\n${text}`
}

export function hashOf(embedded: string): Buffer {
  return createHash('sha256').update(embedded).digest()
}
