/** A page for writings that run from right to left: the same, seen in a mirror. Texts and pictures stay readable. */
import type { Box, LayoutContext, Page } from './types.ts'

export function mirrorPage(page: Page, { page: { width } }: LayoutContext): Page {
  const mirror = <Kind extends Box>(box: Kind): Kind => ({ ...box, x: width - box.x - box.w })
  return {
    ...page,
    furniture: page.furniture.map(mirror),
    boxes: page.boxes.map(mirror),
    ...(page.number && { number: mirror(page.number) }),
  }
}
