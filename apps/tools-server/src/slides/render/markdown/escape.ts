import { parseInline, type Span } from '../../text/inline.ts'

/** Text that Markdown shows as it is: no mark, no tag, no list or heading of its own. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]#|~$!]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/^(\s*)([-+=])/gm, String.raw`$1\$2`)
    .replaceAll(/^(\s*\d+)([.)])/gm, String.raw`$1\$2`)
}

/** Text with its inline marks. */
export function toInlineMarkdown(text: string): string {
  return parseInline(text).map(toMarked).join('')
}

function toMarked({ text, bold, italic, code }: Span): string {
  if (code === true) {
    const fence = '`'.repeat(
      Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length)) + 1,
    )
    return `${fence}${text}${fence}`
  }
  const safe = escapeMarkdown(text)
  if (bold === true) return `**${safe}**`
  return italic === true ? `*${safe}*` : safe
}
