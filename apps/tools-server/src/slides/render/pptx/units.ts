/** pptxgenjs counts in inches and writes colours without `#`. */
import type { Rect } from '../../layout/types.ts'

export function toInches({ x, y, w, h }: Rect): Rect {
  return { x: x / 72, y: y / 72, w: w / 72, h: h / 72 }
}

export function toHex(color: string): string {
  return color.slice(1)
}
