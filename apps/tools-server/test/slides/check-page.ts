/** What must hold for every page, whatever is on it. Each check gives what is wrong, in words. */
import type { Box, LaidOutDeck, Page, TextBox } from '../../src/slides/layout/types.ts'
import { contrastOf } from '../../src/slides/themes/contrast.ts'
import { tableColors } from '../../src/slides/draw/draw-page.ts'

/** Rounding. */
const slack = 0.6
/** From the edge to the nearest text or picture. */
const leastMargin = 18

export function faultsOf({ pages, context }: LaidOutDeck): string[] {
  return pages.flatMap((page, at) =>
    [
      ...outside(page, context.page),
      ...tooSmall(page),
      ...spilling(page),
      ...overlapping(page),
      ...unreadable(page, tableColors(context)),
    ].map((fault) => `page ${at + 1} (${page.title.slice(0, 30)}): ${fault}`),
  )
}

function textsOf(page: Page): TextBox[] {
  const boxes = [...page.boxes, ...(page.number ? [page.number] : [])]
  return boxes.filter((box) => box.kind === 'text')
}

function outside({ boxes, furniture }: Page, size: { width: number; height: number }): string[] {
  const isOutside = ({ x, y, w, h }: Box, margin: number): boolean =>
    x < margin - slack ||
    y < margin - slack ||
    x + w > size.width - margin + slack ||
    y + h > size.height - margin + slack
  const content = boxes.filter((box) => isOutside(box, box.kind === 'shape' ? 0 : leastMargin))
  return [...content, ...furniture.filter((box) => isOutside(box, 0))].map(
    ({ name, x, y, w, h }) => `${name} lies outside: ${[x, y, w, h].map(Math.round).join(' ')}`,
  )
}

function tooSmall(page: Page): string[] {
  const tables = page.boxes.flatMap((box) => (box.kind === 'table' ? [box] : []))
  return [...textsOf(page), ...tables].flatMap(({ name, style }) =>
    style.size < 14 ? [`${name} is ${style.size} pt`] : [],
  )
}

/** Text that is higher or wider than its box. */
function spilling(page: Page): string[] {
  return textsOf(page).flatMap(({ name, paragraphs, style, w, h }) => {
    const height = paragraphs.reduce(
      (sum, { lines, spaceBefore }) => sum + spaceBefore + lines.length * style.leading,
      0,
    )
    const widest = Math.max(
      ...paragraphs.flatMap(({ lines, indent }) => lines.map(({ width }) => width + indent)),
    )
    return [
      ...(height > h + slack ? [`${name} is ${Math.round(height)} high in ${Math.round(h)}`] : []),
      ...(widest > w + slack ? [`${name} is ${Math.round(widest)} wide in ${Math.round(w)}`] : []),
    ]
  })
}

/** Contents that lie on each other. Shapes may lie behind anything. */
function overlapping(page: Page): string[] {
  const contents = [...page.boxes, ...(page.number ? [page.number] : [])].filter(
    ({ kind }) => kind !== 'shape',
  )
  return contents.flatMap((one, at) =>
    contents.slice(at + 1).flatMap((other) => {
      const width = Math.min(one.x + one.w, other.x + other.w) - Math.max(one.x, other.x)
      const height = Math.min(one.y + one.h, other.y + other.h) - Math.max(one.y, other.y)
      return width > slack && height > slack ? [`${one.name} lies on ${other.name}`] : []
    }),
  )
}

/** Contrast against what is really behind the text, found by looking at the page. */
function unreadable(page: Page, table: ReturnType<typeof tableColors>): string[] {
  const texts = textsOf(page).flatMap((text) => {
    const before = page.boxes.slice(0, Math.max(0, page.boxes.indexOf(text)))
    const behind = [...page.furniture, ...before].findLast(
      (box) =>
        box.kind === 'shape' &&
        box.x <= text.x + slack &&
        box.y <= text.y + slack &&
        box.x + box.w >= text.x + text.w - slack &&
        box.y + box.h >= text.y + text.h - slack,
    )
    const ground = behind?.kind === 'shape' ? behind.fill : page.background
    const contrast = contrastOf(text.style.color, ground)
    return contrast < 4.5 ? [`${text.name} has a contrast of ${contrast.toFixed(2)}`] : []
  })
  const head = contrastOf(table.onHead, table.head)
  return head < 4.5 ? [...texts, `a table’s head has a contrast of ${head.toFixed(2)}`] : texts
}
