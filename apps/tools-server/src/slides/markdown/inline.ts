/** A line of Markdown as the line of a slide, and what does not belong into a line: pictures and links. */
import type { Token, Tokens } from 'marked'

export interface Inline {
  text: string
  images: { src: string; alt: string }[]
  links: { title: string; url: string }[]
}

/** Bold, italic and code stay marked, for slides know them; all else is plain text. */
export function readInline(tokens: readonly Token[] | undefined, raw = ''): Inline {
  const inline: Inline = { text: '', images: [], links: [] }
  if (tokens) for (const token of tokens) inline.text += textOf(token, inline)
  else inline.text = raw
  inline.text = inline.text.replaceAll(/[^\S\n]+/g, ' ').trim()
  return inline
}

function textOf(token: Token, inline: Inline): string {
  switch (token.type) {
    case 'strong':
      return around('**', token as Tokens.Strong, inline)
    case 'em':
      return around('*', token as Tokens.Em, inline)
    case 'codespan':
      return `\`${unescaped((token as Tokens.Codespan).text)}\``
    case 'br':
      return '\n'
    case 'html':
      return /^<br\b/i.test(token.raw) ? '\n' : ''
    case 'image': {
      const { href, text } = token as Tokens.Image
      inline.images.push({ src: href, alt: unescaped(text) })
      return ''
    }
    case 'link': {
      const link = token as Tokens.Link
      const title = textsOf(link.tokens, inline)
      const isNamed = title !== '' && title !== link.href
      if (isNamed && /^https?:\/\//i.test(link.href) && URL.canParse(link.href)) {
        const named = pointing.test(title) ? new URL(link.href).host : title
        inline.links.push({ title: named, url: link.href })
      }
      return title
    }
    default:
      return 'tokens' in token && token.tokens
        ? textsOf(token.tokens, inline)
        : unescaped('text' in token ? String(token.text) : token.raw)
  }
}

/** Words that only point at an address: as the name of a source they say nothing. */
const pointing =
  /^\W*(?:(?:click |see )?(?:here|this)|(?:the )?(?:link|source|website|page|url)|(?:read |see )?more|hier|quelle|mehr|ici|lien|aquí|enlace|qui|aqui|链接|リンク)\W*$/iu

function textsOf(tokens: readonly Token[] | undefined, inline: Inline): string {
  return (tokens ?? []).map((token) => textOf(token, inline)).join('')
}

function around(mark: string, token: Tokens.Strong | Tokens.Em, inline: Inline): string {
  const text = textsOf(token.tokens, inline)
  return text.trim() === '' ? text : `${mark}${text}${mark}`
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  rarr: '→',
  larr: '←',
  times: '×',
  deg: '°',
  euro: '€',
}

export function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, ...groups) => {
    const [decimal, hex, name] = groups as (string | undefined)[]
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : ''
  })
}
