/** What a page comes to, in the order of drawing: the one language of the PDF and the HTML renderer. Points. */
import type { FontChoice } from '../fonts/split-by-font.ts'
import type { Face, TextFamily } from '../fonts/families.ts'
import type { PreparedImage, Rect } from '../layout/types.ts'

/** A piece of text in one font and one direction. */
export interface GlyphRun {
  text: string
  font: FontChoice
  family: TextFamily
  face: Face
  size: number
  color: string
  /** Of its left edge. */
  x: number
  /** As it was measured. */
  width: number
}

export type Mark =
  | ({ kind: 'rect'; fill: string } & Rect)
  | ({ kind: 'ellipse'; fill: string } & Rect)
  /** `d` is an SVG path. */
  | {
      kind: 'path'
      d: string
      fill?: string
      opacity?: number
      stroke?: string
      strokeWidth?: number
    }
  /** `y` is the base line. */
  | { kind: 'text'; y: number; runs: GlyphRun[] }
  | ({ kind: 'image'; image: PreparedImage; alt: string } & Rect)
  | ({ kind: 'link'; url: string } & Rect)
