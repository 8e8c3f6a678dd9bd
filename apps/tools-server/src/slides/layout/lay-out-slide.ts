import {
  slideLayoutOf,
  type Block,
  type Deck,
  type DeckSource,
  type Slide,
  type SlideLayout,
} from '@tandem/schemas'
import type { Bullets } from './blocks/bullets.ts'
import { creditsOf, layOutCover, layOutSection, linesOf } from './covers.ts'
import { fillRegions, placeRegions } from './fill-regions.ts'
import { frameContent, sourcesOf } from './frame.ts'
import { arrange } from './regions.ts'
import { toParagraph } from './set-text.ts'
import { fitText } from './text-box.ts'
import type { LayoutContext, Page, PreparedImage } from './types.ts'

/** A page before what is alike on all pages is put behind it. */
export type BarePage = Pick<Page, 'kind' | 'layout' | 'boxes' | 'title' | 'notes'>

export interface DeckPlace {
  deck: Deck
  index: number
  /** How many sections have begun, this one included. */
  section: number
  logo: PreparedImage | undefined
}

/** The pages of one slide: one, unless it had to be divided. */
export function layOutSlide(slide: Slide, place: DeckPlace, context: LayoutContext): BarePage[] {
  const layout = slideLayoutOf(slide, place.index)
  switch (layout) {
    case 'title':
    case 'closing':
    case 'section':
      return layOutCoverSlide(slide, { ...place, layout }, context)
    case 'agenda':
      return layOutContent(
        { ...slide, blocks: agendaOf(slide, place.deck) },
        { ...place, layout },
        context,
      )
    case 'references':
      return layOutContent(
        { ...slide, blocks: referencesOf(slide, place.deck) },
        { ...place, layout },
        context,
      )
    case 'bullets':
    case 'two_columns':
    case 'comparison':
    case 'chart':
    case 'table':
    case 'image':
    case 'code':
    case 'quote':
    case 'big_number':
    case 'timeline':
      return layOutContent(slide, { ...place, layout }, context)
    default:
      return layout satisfies never
  }
}

/** What a cover has room for beside its title, in letters. */
const mostOnCover = 260

function layOutCoverSlide(
  slide: Slide,
  { deck, section, layout, ...place }: DeckPlace & { layout: 'title' | 'closing' | 'section' },
  context: LayoutContext,
): BarePage[] {
  const isTitle = layout === 'title'
  const lines = linesOf(slide) ?? (isTitle ? deck.subtitle : undefined)
  const isText = slide.blocks.every(({ type }) => type === 'text' || type === 'bullets')
  const fits = isText && (lines?.length ?? 0) <= mostOnCover
  const short =
    slide.subtitle !== undefined && slide.subtitle.length <= mostOnCover
      ? slide.subtitle
      : undefined
  const subtitle = fits ? lines : short
  const title =
    slide.title || (isTitle ? deck.title : layout === 'closing' ? closingTitle(deck) : `${section}`)
  const below = isTitle ? creditsOf(deck) : undefined
  const page: BarePage = {
    kind: layout === 'section' ? 'section' : 'cover',
    layout,
    title,
    notes: slide.notes,
    boxes:
      layout === 'section'
        ? layOutSection({ title, subtitle, number: section }, context)
        : layOutCover({ title, subtitle, below }, context),
  }
  const left: Block[] = fits
    ? []
    : [...(short === undefined && slide.subtitle ? [toText(slide.subtitle)] : []), ...slide.blocks]
  if (left.length === 0) return [page]
  const rest = { ...slide, blocks: left, subtitle: undefined, notes: undefined }
  return [page, ...layOutContent(rest, { deck, section, ...place, layout: 'bullets' }, context)]
}

function closingTitle({ language }: Deck): string {
  const [primary = 'en'] = language.toLowerCase().split('-')
  return thanks[primary] ?? 'Thank you'
}

const thanks: Readonly<Record<string, string>> = {
  ar: 'شكرًا لكم',
  de: 'Vielen Dank',
  en: 'Thank you',
  es: 'Gracias',
  fa: 'با سپاس',
  fr: 'Merci',
  he: 'תודה רבה',
  it: 'Grazie',
  ja: 'ありがとうございました',
  ko: '감사합니다',
  nl: 'Dank u wel',
  pl: 'Dziękuję',
  pt: 'Obrigado',
  ru: 'Спасибо',
  zh: '谢谢',
}

function toText(text: string): Block {
  return { type: 'text', text }
}

function layOutContent(
  slide: Slide,
  { deck, logo, layout }: DeckPlace & { layout: SlideLayout },
  context: LayoutContext,
): BarePage[] {
  const width = context.page.width
  const isLong = slide.subtitle !== undefined && subtitleHeight(slide.subtitle, context) > 52
  const blocks = isLong ? [toText(slide.subtitle ?? ''), ...slide.blocks] : slide.blocks
  const subtitle = isLong ? undefined : slide.subtitle || undefined
  const sources = sourcesOf(slide, deck)
  const frameOf = (title: string | undefined) =>
    frameContent({ title, subtitle, sources }, logo, context)
  const title = slide.title || undefined
  const fillBelow = (longest: string | undefined) => {
    const { area } = frameOf(longest)
    return fillRegions(arrange(layout, { blocks, area }, context), context)
  }
  const whole = fillBelow(title)
  // Divided, the title gets a number; what is fitted must fit below the longest of them.
  const filled = whole.length === 1 ? whole : fillBelow(title && `${title} (88/88)`)
  return filled.map((page, at) => {
    const own = title && (filled.length > 1 ? `${title} (${at + 1}/${filled.length})` : title)
    const { boxes } = frameOf(own)
    return {
      kind: 'content',
      layout,
      title: own ?? deck.title,
      notes: at === 0 ? slide.notes : undefined,
      boxes: [...boxes, ...placeRegions(page, context)],
    }
  })

  function subtitleHeight(text: string, { theme }: LayoutContext): number {
    const { muted, background } = theme.colors
    const look = { size: 18, color: muted, on: background }
    return fitText([toParagraph(text)], { width: width - 104, look }, context).height
  }
}

/** The sections, or where there are none the slides. */
export function agendaOf(slide: Slide, deck: Deck): Block[] {
  if (slide.blocks.length > 0) return slide.blocks
  const titlesOf = (isWanted: (layout: SlideLayout) => boolean): string[] =>
    deck.slides.flatMap((each, index) =>
      each.title && isWanted(slideLayoutOf(each, index)) ? [each.title] : [],
    )
  const sections = titlesOf((layout) => layout === 'section')
  const apart = new Set<SlideLayout>(['title', 'agenda', 'references', 'closing', 'section'])
  const items =
    sections.length > 0 ? sections : titlesOf((layout) => !apart.has(layout)).slice(0, 12)
  return items.length > 0 ? [{ type: 'bullets', items, numbered: true }] : []
}

/** The deck’s sources by their numbers, then those that only a slide names. */
export function referencesOf(slide: Slide, deck: Deck): Block[] {
  if (slide.blocks.length > 0) return slide.blocks
  const named = deck.slides.flatMap(({ sources }) =>
    sources.filter((source): source is DeckSource => typeof source !== 'number'),
  )
  const all = new Map(
    [...deck.sources, ...named].map((each) => [`${each.title} ${each.url}`, each]),
  )
  if (all.size === 0) return []
  const items = [...all.values()].map(({ title, url, page }) => ({
    text:
      page === undefined ? title : `${title}, ${typeof page === 'number' ? `p. ${page}` : page}`,
    level: 0,
    ...(url !== undefined && { url }),
  }))
  const list: Bullets = { type: 'bullets', items, numbered: true }
  return [list]
}
