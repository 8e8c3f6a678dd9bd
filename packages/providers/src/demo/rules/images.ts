import { readImage } from '../images.ts'
import { clip } from '../clauses.ts'
import { phrases } from '../data/phrases.ts'
import { say } from '../say.ts'
import type { Rule } from './rule.ts'

export const describeImages: Rule = (_message, { images }) => {
  if (images.length === 0) return undefined
  const list = images.map((url, index) => describe(url, index + 1)).join(' ')
  return say(phrases.images, { list })
}

function describe(url: string, n: number): string {
  const facts = readImage(url)
  if (!facts) return say(phrases.imageElsewhere, { n, url: clip(url, 200) })
  const { width, height } = facts.pixels ?? {}
  return say(phrases.image, {
    n,
    type: facts.mediaType,
    size: formatBytes(facts.bytes),
    pixels: width === undefined ? '' : `, ${width} × ${height} pixels`,
  })
}

function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KiB`
}
