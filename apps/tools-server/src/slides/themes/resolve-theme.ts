import type { DeckTheme } from '@tandem/schemas'
import { families, type TextFamily } from '../fonts/families.ts'
import {
  contrastOf,
  mixColors,
  readableOn,
  shapeContrast,
  strongest,
  textContrast,
} from './contrast.ts'
import { themes, type Look, type Palette } from './themes.ts'

export interface ThemeFont {
  /** What it is measured and drawn with. */
  family: TextFamily
  /** What PPTX names. */
  office: string
}

/** A theme as it is drawn; every pair of text and ground has been made readable. */
export interface Theme {
  look: Look
  isDark: boolean
  colors: Palette & {
    /** On the accent. */
    onAccent: string
    onCover: string
    onCoverMuted: string
    onSection: string
    onSectionMuted: string
    /** The accent as text, on the background and on cards. */
    accentText: string
  }
  fonts: { heading: ThemeFont; body: ThemeFont; mono: ThemeFont }
}

export function resolveTheme(theme: DeckTheme): Theme {
  const own = typeof theme === 'string' ? undefined : theme
  const data = themes[typeof theme === 'string' ? theme : theme.name]
  const colors = readable(withOwnColors(data.palette, own?.colors ?? {}))
  return {
    look: data.look,
    isDark: contrastOf(colors.background, '#FFFFFF') > contrastOf(colors.background, '#000000'),
    colors,
    fonts: {
      heading: toFont(data.fonts.heading, own?.fonts.heading),
      body: toFont(data.fonts.body, own?.fonts.body),
      mono: toFont('cousine'),
    },
  }
}

function toFont(family: TextFamily, name?: string): ThemeFont {
  return { family, office: name ?? families[family].office }
}

interface OwnColors {
  background?: string | undefined
  text?: string | undefined
  accent?: string | undefined
}

/** What is not named follows from what is. */
function withOwnColors(palette: Palette, { background, text, accent }: OwnColors): Palette {
  if (!background && !text && !accent) return palette
  const ground = background ?? palette.background
  const ink = readableOn(text ?? palette.ink, ground)
  const main = accent ?? palette.accent
  const isKept = background === undefined
  const cover = palette.cover === palette.background ? ground : mixColors(main, '#000000', 0.45)
  return {
    ...palette,
    background: ground,
    ink,
    accent: main,
    surface: isKept ? palette.surface : surfaceOn(ground, ink),
    muted: text || background ? mixColors(ink, ground, 0.3) : palette.muted,
    rule: isKept ? palette.rule : mixColors(ground, ink, 0.2),
    ...(accent !== undefined && {
      cover,
      section: palette.section === palette.surface ? palette.surface : cover,
      ornaments: [
        main,
        mixColors(main, '#000000', 0.25),
        mixColors(main, '#FFFFFF', 0.35),
        mixColors(main, '#FFFFFF', 0.65),
      ],
      chart: [main, ...palette.chart.slice(1)],
    }),
  }
}

/** A little towards the text; away from it where the text could then not be read. */
function surfaceOn(ground: string, ink: string): string {
  const towards = mixColors(ground, ink, 0.06)
  const isReadable = contrastOf(ink, towards) >= textContrast
  return isReadable ? towards : mixColors(ground, strongest(ink), 0.06)
}

function readable(palette: Palette): Theme['colors'] {
  const { background, surface, cover, section } = palette
  const onBoth = (color: string): string => readableOn(readableOn(color, surface), background)
  const onCover = strongOn(palette.ink, cover)
  const onSection = strongOn(palette.ink, section)
  return {
    ...palette,
    ink: onBoth(palette.ink),
    muted: onBoth(palette.muted),
    chart: palette.chart.map((color) => readableOn(color, background, shapeContrast)),
    accentText: onBoth(palette.accent),
    onAccent: readableOn(readableOn('#FFFFFF', palette.accent), palette.accent),
    onCover,
    onCoverMuted: readableOn(mixColors(onCover, cover, 0.25), cover),
    onSection,
    onSectionMuted: readableOn(mixColors(onSection, section, 0.25), section),
  }
}

/** The text’s own colour where it stands out well; otherwise black or white. */
function strongOn(ink: string, ground: string): string {
  return contrastOf(ink, ground) >= 9 ? ink : strongest(ground)
}
