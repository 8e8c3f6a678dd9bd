/** What the layout pass makes: pages of boxes, from which every renderer draws. Points; the origin is at the top left. */
import type { BlockOf, SlideLayout } from '@tandem/schemas'
import type { EastAsian } from '../fonts/east-asian.ts'
import type { Span } from '../text/inline.ts'
import type { Line } from '../text/wrap.ts'
import type { Theme } from '../themes/resolve-theme.ts'

export interface Rect {
  x: number
  y: number
  w: number
  h: number
}

export type FontRole = 'heading' | 'body' | 'mono'

export interface TextStyle {
  font: FontRole
  size: number
  /** From one line’s base to the next. */
  leading: number
  color: string
  bold?: boolean
  italic?: boolean
}

/** A paragraph that has been set. */
export interface SetParagraph {
  spans: Span[]
  lines: Line[]
  rtl: boolean
  /** 0 to 2. */
  level: number
  /** From the edge to the text. */
  indent: number
  /** `•`, or a number. */
  marker?: { kind: 'dot' } | { kind: 'number'; number: number }
  spaceBefore: number
}

export interface TextBox extends Rect {
  kind: 'text'
  /** For people who edit the file: `Title`, `Bullets`. */
  name: string
  role: 'title' | 'body'
  paragraphs: SetParagraph[]
  style: TextStyle
  /** start is left, and right where the writing runs from right to left. */
  align: 'start' | 'center' | 'end'
  valign: 'top' | 'middle' | 'bottom'
  /** The colour that it stands on. */
  on: string
}

export interface ShapeBox extends Rect {
  kind: 'shape'
  name: string
  shape: 'rect' | 'round' | 'ellipse'
  fill: string
}

export interface ImageBox extends Rect {
  kind: 'image'
  name: string
  image: PreparedImage
  alt: string
}

export interface ChartBox extends Rect {
  kind: 'chart'
  name: string
  chart: BlockOf<'chart'>
}

export interface TableCell {
  paragraph: SetParagraph
  isNumber: boolean
}

export interface TableBox extends Rect {
  kind: 'table'
  name: string
  columnWidths: number[]
  /** The first is the head. */
  rows: { cells: TableCell[]; height: number }[]
  style: TextStyle
  padding: { x: number; y: number }
  rtl: boolean
}

export type Box = TextBox | ShapeBox | ImageBox | ChartBox | TableBox

/** Pages of a kind share a background and ornaments. */
export type PageKind = 'cover' | 'section' | 'content'

export interface Page {
  kind: PageKind
  layout: SlideLayout
  background: string
  /** Behind the boxes, alike on all pages of its kind. */
  furniture: Box[]
  boxes: Box[]
  /** Undefined: it is not shown. */
  number?: TextBox
  /** What a reader of the screen calls it. */
  title: string
  notes: string | undefined
}

/** A picture that has been looked at, turned upright and stripped of all but its pixels. */
export interface PreparedImage {
  key: string
  bytes: Buffer
  mediaType: 'image/png' | 'image/jpeg'
  /** Pixels. */
  width: number
  height: number
}

export interface PageSize {
  width: number
  height: number
}

/** What every part of the layout pass knows. */
export interface LayoutContext {
  page: PageSize
  theme: Theme
  rtl: boolean
  language: string
  eastAsian: EastAsian
  imageOf(named: { file_id?: string | undefined; data_url?: string | undefined }): PreparedImage
}

export interface LaidOutDeck {
  pages: Page[]
  context: LayoutContext
}
