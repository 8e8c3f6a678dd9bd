import type { Box, LayoutContext, Page, TableBox } from '../layout/types.ts'
import { mixColors } from '../themes/contrast.ts'
import { drawChart } from './chart/draw-chart.ts'
import { drawParagraphs, drawTextBox } from './draw-text.ts'
import type { Mark } from './marks.ts'

/** All of a page but its background. */
export function drawPage({ furniture, boxes, number }: Page, context: LayoutContext): Mark[] {
  return [...furniture, ...boxes, ...(number ? [number] : [])].flatMap((box) =>
    drawBox(box, context),
  )
}

function drawBox(box: Box, context: LayoutContext): Mark[] {
  switch (box.kind) {
    case 'text':
      return drawTextBox(box, context)
    case 'shape': {
      const { x, y, w, h, fill, shape } = box
      return [{ kind: shape === 'ellipse' ? 'ellipse' : 'rect', fill, x, y, w, h }]
    }
    case 'image': {
      const { x, y, w, h, image, alt } = box
      return [{ kind: 'image', image, alt, x, y, w, h }]
    }
    case 'chart':
      return drawChart(box.chart, box, context)
    case 'table':
      return drawTable(box, context)
    default:
      return box satisfies never
  }
}

/** The colours of a table, for every renderer. */
export function tableColors({ theme }: Pick<LayoutContext, 'theme'>): {
  head: string
  onHead: string
  even: string
  odd: string
  rule: string
} {
  const { colors, look } = theme
  const isQuiet = look === 'paper'
  return {
    head: isQuiet ? colors.background : colors.accent,
    onHead: isQuiet ? colors.accentText : colors.onAccent,
    even: isQuiet ? colors.background : colors.surface,
    odd: colors.background,
    rule: isQuiet ? colors.rule : mixColors(colors.rule, colors.background, 0.3),
  }
}

function drawTable(
  { rows, columnWidths, style, padding, rtl, ...rect }: TableBox,
  context: LayoutContext,
): Mark[] {
  const colors = tableColors(context)
  let y = rect.y
  return rows.flatMap(({ cells, height }, index) => {
    const isHead = index === 0
    const ground = isHead ? colors.head : index % 2 === 0 ? colors.even : colors.odd
    const top = y
    y += height
    const marks: Mark[] = [
      { kind: 'rect', fill: ground, x: rect.x, y: top, w: rect.w, h: height },
      {
        kind: 'rect',
        fill: isHead ? colors.onHead : colors.rule,
        x: rect.x,
        y: y - 0.75,
        w: rect.w,
        h: 0.75,
      },
    ]
    let offset = 0
    for (const [column, { paragraph, isNumber }] of cells.entries()) {
      const width = columnWidths[column] ?? 0
      const x = rtl ? rect.x + rect.w - offset - width : rect.x + offset
      offset += width
      const text = paragraph.lines.length * style.leading
      const inner = {
        x: x + padding.x,
        y: top + (height - text) / 2,
        w: width - 2 * padding.x,
        h: text,
      }
      const look = { ...style, color: isHead ? colors.onHead : style.color, bold: isHead }
      marks.push(
        ...drawParagraphs(
          { ...inner, paragraphs: [paragraph], style: look, align: isNumber ? 'end' : 'start' },
          context,
        ),
      )
    }
    return marks
  })
}
