/** A deck as Marp Markdown: one part, one slide. */
import { slideLayoutOf, type Deck, type Slide } from '@tandem/schemas'
import { sourcesOf } from '../../layout/frame.ts'
import { agendaOf, referencesOf } from '../../layout/lay-out-slide.ts'
import type { LayoutContext } from '../../layout/types.ts'
import { toMarkdown } from './blocks.ts'
import { escapeMarkdown, toInlineMarkdown } from './escape.ts'

/** An empty line on either side: without it a line before `---` would become a heading. */
const between = '\n\n---\n\n'

export function writeMarkdown(deck: Deck, context: LayoutContext): string {
  const slides = deck.slides.map((slide, index) => writeSlide(slide, { deck, index }, context))
  return `${frontMatter(deck, context)}\n${slides.join(between)}\n`
}

function frontMatter(deck: Deck, { theme }: LayoutContext): string {
  const { colors, fonts } = theme
  return `---
marp: true
theme: default
paginate: true
size: "${deck.aspect}"
lang: ${deck.language}
title: ${JSON.stringify(deck.title)}
style: |
  section { background: ${colors.background}; color: ${colors.ink}; font-family: '${fonts.body.office}', sans-serif; }
  h1, h2, h3 { color: ${colors.ink}; font-family: '${fonts.heading.office}', serif; }
  h3, strong, a { color: ${colors.accentText}; }
  section.lead { background: ${colors.cover}; color: ${colors.onCover}; justify-content: center; }
  section.lead h1 { color: ${colors.onCover}; }
---
`
}

function writeSlide(
  slide: Slide,
  { deck, index }: { deck: Deck; index: number },
  context: LayoutContext,
): string {
  const layout = slideLayoutOf(slide, index)
  const isCover = layout === 'title' || layout === 'section' || layout === 'closing'
  const title = slide.title || (layout === 'title' ? deck.title : '')
  const subtitle = slide.subtitle ?? (layout === 'title' ? deck.subtitle : undefined)
  const credits =
    layout === 'title' ? [deck.author, deck.date].filter((part) => part !== undefined) : []
  const blocks =
    layout === 'agenda'
      ? agendaOf(slide, deck)
      : layout === 'references'
        ? referencesOf(slide, deck)
        : slide.blocks
  const parts = [
    ...(isCover ? ['<!-- _class: lead -->'] : []),
    ...(title ? [`${isCover ? '#' : '##'} ${toInlineMarkdown(title)}`] : []),
    ...(subtitle ? [toInlineMarkdown(subtitle)] : []),
    ...(credits.length > 0 ? [escapeMarkdown(credits.join(' · '))] : []),
    ...blocks.map((block) => toMarkdown(block, context)),
    ...writeSources(slide, deck),
    ...(slide.notes ? [`<!--\n${slide.notes.replaceAll('-->', '--&gt;')}\n-->`] : []),
  ]
  return parts.join('\n\n')
}

function writeSources(slide: Slide, deck: Deck): string[] {
  const sources = sourcesOf(slide, deck).map(({ number, source: { title, url } }) => {
    const name = escapeMarkdown(number === undefined ? title : `[${number}] ${title}`)
    return url === undefined ? name : `[${name}](<${url.replaceAll(/[<>]/g, encodeURIComponent)}>)`
  })
  return sources.length > 0 ? [sources.join(' · ')] : []
}
