/** A page as SVG: text stays text, and scales with the window. */
import type { GlyphRun, Mark } from '../../draw/marks.ts'
import { fontKeyOf } from '../../fonts/collect-fonts.ts'
import type { PageSize } from '../../layout/types.ts'
import { escapeHtml } from './escape.ts'

export function drawSvg(
  marks: readonly Mark[],
  { size, background }: { size: PageSize; background: string },
): string {
  const { width, height } = size
  const ground = `<rect width="${width}" height="${height}" fill="${background}"/>`
  return `<svg viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg">${ground}${marks.map(drawMark).join('')}</svg>`
}

function drawMark(mark: Mark): string {
  switch (mark.kind) {
    case 'rect':
      return `<rect ${rectOf(mark)} fill="${mark.fill}"/>`
    case 'ellipse': {
      const { x, y, w, h, fill } = mark
      return `<ellipse cx="${num(x + w / 2)}" cy="${num(y + h / 2)}" rx="${num(w / 2)}" ry="${num(h / 2)}" fill="${fill}"/>`
    }
    case 'path': {
      const stroke = mark.stroke
        ? ` stroke="${mark.stroke}" stroke-width="${mark.strokeWidth ?? 1}" stroke-linejoin="round"`
        : ''
      const opacity = mark.opacity === undefined ? '' : ` fill-opacity="${mark.opacity}"`
      return `<path d="${mark.d}" fill="${mark.fill ?? 'none'}"${opacity}${stroke}/>`
    }
    case 'text':
      return `<text xml:space="preserve" y="${num(mark.y)}">${mark.runs.map(drawRun).join('')}</text>`
    case 'image': {
      const { image, alt } = mark
      const source = `data:${image.mediaType};base64,${image.bytes.toString('base64')}`
      return `<image ${rectOf(mark)} href="${source}" role="img" aria-label="${escapeHtml(alt)}"/>`
    }
    case 'link':
      return `<a href="${escapeHtml(mark.url)}" target="_blank" rel="noopener noreferrer"><rect ${rectOf(mark)} fill="transparent"/></a>`
    default:
      return mark satisfies never
  }
}

function drawRun(run: GlyphRun): string {
  return `<tspan x="${num(run.x)}" font-family="${fontKeyOf(run)}, sans-serif" font-size="${run.size}" fill="${run.color}">${escapeHtml(run.text)}</tspan>`
}

function rectOf({ x, y, w, h }: { x: number; y: number; w: number; h: number }): string {
  return `x="${num(x)}" y="${num(y)}" width="${num(w)}" height="${num(h)}"`
}

function num(value: number): string {
  return String(Math.round(value * 100) / 100)
}
