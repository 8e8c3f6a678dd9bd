import { deckThemeNames } from '@tandem/schemas'
import { contrastOf, readableOn } from './contrast.ts'
import { resolveTheme, type Theme } from './resolve-theme.ts'

/** Every text of a theme, and what it stands on. */
function pairsOf({ colors }: Theme): [text: string, ground: string][] {
  return [
    ...[colors.ink, colors.muted, colors.accentText].flatMap((text): [string, string][] => [
      [text, colors.background],
      [text, colors.surface],
    ]),
    [colors.onAccent, colors.accent],
    [colors.onCover, colors.cover],
    [colors.onCoverMuted, colors.cover],
    [colors.onSection, colors.section],
    [colors.onSectionMuted, colors.section],
  ]
}

test.each(deckThemeNames)(
  '%s: all text has a contrast of 4.5 at least, and charts of 3',
  (name) => {
    const theme = resolveTheme(name)
    for (const [text, ground] of pairsOf(theme)) {
      expect(contrastOf(text, ground)).toBeGreaterThanOrEqual(4.5)
    }
    for (const color of theme.colors.chart) {
      expect(contrastOf(color, theme.colors.background)).toBeGreaterThanOrEqual(3)
    }
    expect(theme.isDark).toBe(name.endsWith('-dark'))
  },
)

const hues = ['#FFFFFF', '#000000', '#808080', '#FFFF00', '#0000FF', '#FF0000', '#777777']

test('own colours that nobody could read are made readable', () => {
  for (const background of hues) {
    for (const text of hues) {
      for (const accent of hues) {
        const theme = resolveTheme({
          name: 'vivid',
          colors: { background, text, accent },
          fonts: {},
        })
        const worst = Math.min(...pairsOf(theme).map(([one, other]) => contrastOf(one, other)))
        expect({ background, text, accent, ok: worst >= 4.5 }).toEqual({
          background,
          text,
          accent,
          ok: true,
        })
      }
    }
  }
})

test('own colours that can be read stay as they are', () => {
  const colors = { background: '#FDF6E3', text: '#073642', accent: '#0B5394' }
  const theme = resolveTheme({ name: 'clear', colors, fonts: { heading: 'Lato' } })
  expect(theme.colors).toMatchObject({
    background: '#FDF6E3',
    ink: '#073642',
    accent: '#0B5394',
    accentText: '#0B5394',
  })
  expect(theme.fonts.heading).toEqual({ family: 'carlito', office: 'Lato' })
})

test('black on white has a contrast of 21, and a colour is changed no more than it takes', () => {
  expect(contrastOf('#000000', '#FFFFFF')).toBeCloseTo(21, 5)
  expect(contrastOf('#777777', '#FFFFFF')).toBeCloseTo(4.48, 2)
  expect(readableOn('#777777', '#FFFFFF')).toBe('#717171')
})
