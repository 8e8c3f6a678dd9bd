import type { DeckFormat } from '@tandem/schemas'
import { cleanLine } from '../text/clean.ts'

const mostLetters = 80

/** What a file of a deck is called: its title, without what file systems and people stumble over. */
export function toFileName(title: string, format: DeckFormat): string {
  const safe = cleanLine(title)
    .replaceAll(/[\\/:*?"<>|]/g, ' ')
    .replaceAll(/\s+/g, ' ')
  const short = Array.from(safe)
    .slice(0, mostLetters)
    .join('')
    .replace(/^[. ]+|[. ]+$/g, '')
  return `${short || 'slides'}.${format}`
}
