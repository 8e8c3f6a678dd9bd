/** The one layout pass: from a deck to pages of boxes, with every line set. */
import { AppError, slideLayoutOf, type Deck } from '@tandem/schemas'
import { eastAsianOf } from '../fonts/east-asian.ts'
import { isRightToLeftLanguage, startsRightToLeft } from '../text/scripts.ts'
import { resolveTheme } from '../themes/resolve-theme.ts'
import { pageNumber, placeLogo } from './frame.ts'
import { furnitureOf } from './furniture.ts'
import { layOutSlide, type BarePage } from './lay-out-slide.ts'
import { mirrorPage } from './mirror.ts'
import type { LaidOutDeck, LayoutContext, Page, PageSize, PreparedImage } from './types.ts'

/** Points: 13⅓ × 7½ inches, 10 × 7½ inches. */
const pageSizes: Readonly<Record<Deck['aspect'], PageSize>> = {
  '16:9': { width: 960, height: 540 },
  '4:3': { width: 720, height: 540 },
}

const mostPages = 300

/**
 * @param deck clean
 * @param imageOf the deck’s pictures
 * @throws AppError `invalid_request` where it comes to more than 300 pages
 */
export function layOutDeck(deck: Deck, imageOf: LayoutContext['imageOf']): LaidOutDeck {
  const context = createContext(deck, imageOf)
  const logo =
    typeof deck.theme === 'object' && deck.theme.logo ? imageOf(deck.theme.logo) : undefined
  let section = 0
  const bare: BarePage[] = []
  for (const [index, slide] of deck.slides.entries()) {
    if (slideLayoutOf(slide, index) === 'section') section += 1
    bare.push(...layOutSlide(slide, { deck, index, section, logo }, context))
    if (bare.length > mostPages) throw tooLong()
  }
  const pages = bare.map((page, index) => finish(page, { number: index + 1, logo }, context))
  return { pages: context.rtl ? pages.map((page) => mirrorPage(page, context)) : pages, context }
}

function tooLong(): AppError {
  return new AppError('invalid_request', {
    message: `Invalid 'slides': what is on them takes more than ${mostPages} slides. Shorten it or make several decks.`,
    param: 'slides',
  })
}

function createContext(deck: Deck, imageOf: LayoutContext['imageOf']): LayoutContext {
  const sample = JSON.stringify({ ...deck, theme: undefined }, (key, value: unknown) =>
    key === 'data_url' ? undefined : value,
  )
  return {
    page: pageSizes[deck.aspect],
    theme: resolveTheme(deck.theme),
    rtl: isRightToLeftLanguage(deck.language) || startsRightToLeft(deck.title) === true,
    language: deck.language,
    eastAsian: eastAsianOf(deck.language, sample),
    imageOf,
  }
}

function finish(
  page: BarePage,
  { number, logo }: { number: number; logo: PreparedImage | undefined },
  context: LayoutContext,
): Page {
  const { colors } = context.theme
  const background = { cover: colors.cover, section: colors.section, content: colors.background }[
    page.kind
  ]
  const isNumbered = page.kind === 'content'
  return {
    ...page,
    background,
    furniture: [
      ...furnitureOf(page.kind, context),
      ...(isNumbered ? placeLogo(logo, context) : []),
    ],
    ...(isNumbered && {
      number: pageNumber(number, { color: colors.muted, on: background }, context),
    }),
  }
}
