/** The ornaments of each look, alike on all pages of a kind. */
import { margin } from './frame.ts'
import type { Box, LayoutContext, PageKind, Rect, ShapeBox } from './types.ts'

export function furnitureOf(kind: PageKind, context: LayoutContext): Box[] {
  const { look } = context.theme
  if (kind === 'content') return contentFurniture(context)
  if (look === 'clear') return tiles(kind, context)
  return look === 'paper' ? rules(kind, context) : circles(kind, context)
}

/** How much of the width of covers the ornaments leave to the text. */
export function coverText(kind: PageKind, { page, theme }: LayoutContext): Rect {
  const left = theme.look === 'paper' ? 72 : 64
  const right = theme.look === 'paper' ? left : page.width * ornamentShare(kind) + 40
  return { x: left, y: 72, w: page.width - left - right, h: page.height - 144 }
}

function ornamentShare(kind: PageKind): number {
  return kind === 'cover' ? 0.3 : 0.15
}

function shape(fill: string, rect: Rect, form: ShapeBox['shape'] = 'rect'): ShapeBox {
  return { kind: 'shape', name: 'Ornament', shape: form, fill, ...rect }
}

function contentFurniture({ page, theme }: LayoutContext): Box[] {
  const { colors, look } = theme
  if (look === 'clear')
    return [shape(colors.accent, { x: margin.x, y: margin.top - 6, w: 44, h: 5 })]
  if (look === 'paper') return [shape(colors.accent, { x: 0, y: 0, w: page.width, h: 6 })]
  const [, second] = colors.ornaments
  return [
    shape(colors.accent, { x: 0, y: 0, w: 16, h: page.height }),
    shape(second, { x: 0, y: page.height - 96, w: 16, h: 96 }),
  ]
}

function disc(fill: string, { x, y, d }: { x: number; y: number; d: number }): ShapeBox {
  return shape(fill, { x, y, w: d, h: d }, 'ellipse')
}

/** Squares with discs and quarters, at the end of the line. */
function tiles(kind: PageKind, { page, theme }: LayoutContext): Box[] {
  const columns = kind === 'cover' ? 2 : 1
  const side = page.height / 4
  const [one, two, three, four] = theme.colors.ornaments
  const pattern: [string, string, ShapeBox['shape'] | 'small' | 'none'][] = [
    [two, one, 'ellipse'],
    [one, two, 'small'],
    [one, three, 'small'],
    [two, one, 'none'],
    [two, four, 'small'],
    [three, two, 'ellipse'],
    [three, one, 'none'],
    [two, one, 'ellipse'],
  ]
  return pattern
    .filter((_, at) => at % 2 < columns)
    .flatMap(([ground, disc, form], at) => {
      const column = at % columns
      const rect = {
        x: page.width - (columns - column) * side,
        y: Math.floor(at / columns) * side,
        w: side,
        h: side,
      }
      const inset = form === 'small' ? side * 0.3 : 0
      const inner = {
        x: rect.x + inset,
        y: rect.y + inset,
        w: side - 2 * inset,
        h: side - 2 * inset,
      }
      return form === 'none'
        ? [shape(ground, rect)]
        : [shape(ground, rect), shape(disc, inner, 'ellipse')]
    })
}

function rules(kind: PageKind, { page, theme }: LayoutContext): Box[] {
  const { accent, rule } = theme.colors
  const x = 72
  const w = page.width - 2 * x
  const frame = [
    shape(accent, { x, y: 52, w, h: 3 }),
    shape(rule, { x, y: 59, w, h: 1 }),
    shape(rule, { x, y: page.height - 60, w, h: 1 }),
    shape(accent, { x, y: page.height - 56, w, h: 3 }),
  ]
  return kind === 'cover' ? frame : [shape(accent, { x: 0, y: 0, w: 10, h: page.height })]
}

function circles(kind: PageKind, { page, theme }: LayoutContext): Box[] {
  const [one, two, three, four] = theme.colors.ornaments
  const room = page.width * ornamentShare(kind)
  const x = page.width - room
  if (kind === 'section') {
    const d = room * 0.62
    return [
      disc(three, { x, y: page.height * 0.5 - d * 1.15, d }),
      disc(one, {
        x: x + room * 0.18,
        y: page.height * 0.5 - d * 0.25,
        d: d * 0.9,
      }),
    ]
  }
  const large = Math.min(room * 0.92, page.height * 0.62)
  return [
    disc(one, { x: page.width - 20 - large, y: page.height * 0.1, d: large }),
    disc(two, { x, y: page.height * 0.47, d: large * 0.72 }),
    disc(three, { x: page.width - 40 - large * 0.36, y: page.height * 0.7, d: large * 0.36 }),
    disc(four, { x: x + 16, y: page.height * 0.14, d: large * 0.2 }),
  ]
}
