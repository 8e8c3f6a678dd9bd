/** Marp Markdown as a deck: one part, one slide. */
import {
  AppError,
  deckThemeNames,
  slideLayouts,
  type DeckThemeName,
  type SlideLayout,
} from '@tandem/schemas'
import { plainText } from '../text/inline.ts'
import { takeComments } from './comments.ts'
import { pocketImages } from './pocket-images.ts'
import type { RawBlock } from './raw-block.ts'
import { readBlocks, type SlideContent } from './read-blocks.ts'
import { splitParts, type MarkdownParts } from './split-parts.ts'

type Raw = Record<string, unknown>

const mostSlides = 150

/**
 * The deck as a caller could write it; the deck's schema still has to check it.
 * @throws AppError `invalid_request` where there are no slides, too many, or pictures by address
 */
export function parseMarkdown(markdown: string): Raw {
  const { text, restore } = pocketImages(markdown)
  return restore(toDeck(text))
}

function toDeck(markdown: string): Raw {
  const { settings, slides: parts } = splitParts(markdown)
  if (parts.length === 0) throw invalid('there are no slides in it')
  if (parts.length > mostSlides) throw invalid(`it has more than ${mostSlides} slides`)
  const slides = parts.map((part, at) => toSlide(part, at))
  const first = slides.find(({ title }) => title !== undefined)?.title
  const { author, date, size } = Object.fromEntries(settings)
  const theme = themeOf(settings)
  const language = settings.get('lang') ?? settings.get('language')
  return {
    title: clip(settings.get('title') ?? first ?? 'Presentation', 300),
    ...(author && { author: clip(author, 200) }),
    ...(date && { date: clip(date, 60) }),
    ...(language && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(language) && { language }),
    ...(size === '4:3' && { aspect: '4:3' }),
    ...(theme && { theme }),
    slides,
  }
}

/** Ours by name; of Marp's own themes what is nearest. */
function themeOf(settings: MarkdownParts['settings']): DeckThemeName | undefined {
  const name = settings.get('theme')?.toLowerCase()
  const isDark = /\binvert\b/.test(settings.get('class') ?? '')
  const own = deckThemeNames.find((known) => known === name)
  if (own) return own
  return isDark ? 'clear-dark' : undefined
}

function toSlide(part: string, at: number): Raw & { title?: string | undefined } {
  const { text, notes, directives } = takeComments(part)
  const content = readBlocks(text, at + 1)
  const named = layoutOf(directives)
  const { title, subtitle, blocks } = at === 0 ? asTitle(content, named) : titled(content)
  const layout = named ?? (at === 0 && blocks.length === 0 ? 'title' : undefined)
  return {
    ...(title && { title: clip(title, 300) }),
    ...(subtitle && { subtitle: clip(subtitle, 500) }),
    ...(layout && { layout }),
    blocks,
    ...(notes && { notes: notes.slice(0, 20_000) }),
    sources: content.sources
      .slice(0, 20)
      .map((source) => ({ ...source, title: clip(source.title, 500) })),
  }
}

interface Titled {
  title?: string | undefined
  subtitle?: string | undefined
  blocks: RawBlock[]
}

/** The first heading is the title; one right below it, of a deeper level, the subtitle. */
function titled({ headings, blocks }: SlideContent): Titled {
  const [first, second] = headings
  if (!first || first.afterBlocks) return headless(blocks)
  const isSubtitle = second && !second.afterBlocks && second.level > first.level
  if (!second || second.afterBlocks || isSubtitle) {
    return { title: first.text, subtitle: isSubtitle ? second.text : undefined, blocks }
  }
  const [block, ...others] = blocks
  const below: RawBlock[] = block
    ? [{ ...block, heading: second.text }, ...others]
    : [{ type: 'text', text: second.text }]
  return { title: first.text, blocks: below }
}

const longestTitle = 120

/** A short line that a slide without headings begins with was meant to be its title. */
function headless(blocks: RawBlock[]): Titled {
  const [first, ...others] = blocks
  const text = first?.type === 'text' ? String(first['text']) : ''
  if (!text || text.length > longestTitle || text.includes('\n')) return { blocks }
  return { title: plainText(text), blocks: others }
}

const longestSubtitle = 200

/** `# Title` and a short line below it: that is how decks begin. */
function asTitle(content: SlideContent, named: SlideLayout | undefined): Titled {
  const slide = titled(content)
  const [only, ...others] = slide.blocks
  const text = only?.type === 'text' ? String(only['text']).replaceAll(/\s+/g, ' ') : undefined
  const isPlain = text !== undefined && text.length <= longestSubtitle && others.length === 0
  const isTitle = named === 'title' || (named === undefined && content.headings[0]?.level === 1)
  if (!isPlain || !isTitle || !slide.title) return slide
  const subtitle = [slide.subtitle, text].filter(Boolean).join(' · ')
  return { title: slide.title, subtitle, blocks: [] }
}

/** `<!-- _class: quote -->` or `<!-- layout: quote -->` */
function layoutOf(directives: ReadonlyMap<string, string>): SlideLayout | undefined {
  const said = `${directives.get('layout') ?? ''} ${directives.get('class') ?? ''}`
  const words = said
    .toLowerCase()
    .split(/[\s,]+/)
    .map((word) => word.replaceAll('-', '_'))
  return slideLayouts.find((layout) => words.includes(layout))
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

function invalid(why: string): AppError {
  return new AppError('invalid_request', {
    message: `Invalid 'markdown': ${why}.`,
    param: 'markdown',
  })
}
