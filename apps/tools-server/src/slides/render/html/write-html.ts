/** One file that needs nothing else: fonts and pictures are in it, no script, and nothing is fetched. */
import type { Deck } from '@tandem/schemas'
import { drawPage } from '../../draw/draw-page.ts'
import type { Mark } from '../../draw/marks.ts'
import { collectFonts, subsetOf } from '../../fonts/collect-fonts.ts'
import type { LaidOutDeck, Page, PageSize } from '../../layout/types.ts'
import { drawSvg } from './draw-svg.ts'
import { escapeHtml } from './escape.ts'
import { writePageText } from './page-text.ts'

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"

export async function writeHtml(deck: Deck, { pages, context }: LaidOutDeck): Promise<string> {
  const drawn = pages.map((page) => drawPage(page, context))
  const sections = pages.map((page, at) =>
    toSection(page, { at, marks: drawn[at] ?? [], size: context.page }),
  )
  return `<!doctype html>
<html lang="${escapeHtml(deck.language)}"${context.rtl ? ' dir="rtl"' : ''}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(deck.title)}</title>
<style>
${await toFontFaces(drawn)}
${toStyles(context.page)}
</style>
</head>
<body>
<main>
${sections.join('\n')}
</main>
</body>
</html>
`
}

function toSection(
  page: Page,
  { at, marks, size }: { at: number; marks: readonly Mark[]; size: PageSize },
): string {
  const svg = drawSvg(marks, { size, background: page.background })
  const notes = page.notes
    ? `<details><summary>${at + 1}</summary><p>${escapeHtml(page.notes).replaceAll('\n', '<br>')}</p></details>`
    : ''
  return `<section id="slide-${at + 1}" aria-label="${escapeHtml(page.title)}">${svg}${writePageText(page)}${notes}</section>`
}

/** Each font with the characters that are used, and no more. */
async function toFontFaces(drawn: readonly (readonly Mark[])[]): Promise<string> {
  const faces: string[] = []
  for (const used of collectFonts(drawn)) {
    const bytes = await subsetOf(used, 'woff2')
    faces.push(
      `@font-face{font-family:${used.key};src:url(data:font/woff2;base64,${bytes.toString('base64')})}`,
    )
  }
  return faces.join('\n')
}

function toStyles({ width, height }: PageSize): string {
  return `@page{size:${width}pt ${height}pt;margin:0}
*{box-sizing:border-box}
body{margin:0;background:#2B2F36;color:#E6E8EC;font:16px/1.5 system-ui,sans-serif}
main{max-width:min(96vw,${((width / height) * 92).toFixed(1)}vh);margin:0 auto;padding:4vh 0}
section{margin-bottom:4vh;scroll-margin-top:4vh}
svg{display:block;width:100%;height:auto;box-shadow:0 4px 24px #0008}
text{white-space:pre}
details{margin:.5em 0}
@media print{body{background:none}main{max-width:none;padding:0}section{margin:0;break-after:page}svg{box-shadow:none;width:${width}pt;height:${height}pt}details{display:none}}`
}
