/** pptxgenjs, loaded the one way that every runtime understands, and its types by their own names. */
import { createRequire } from 'node:module'
import type PptxGenJS from 'pptxgenjs'

export type Presentation = PptxGenJS.default
export type Slide = PptxGenJS.default.Slide
export type TextRun = PptxGenJS.default.TextProps
export type TextOptions = PptxGenJS.default.TextPropsOptions
export type Cell = PptxGenJS.default.TableCell
export type ChartOptions = PptxGenJS.default.IChartOpts
export type Master = PptxGenJS.default.SlideMasterProps
export type ShapeName = PptxGenJS.default.SHAPE_NAME

const load = createRequire(import.meta.url)

export function createPresentation(): Presentation {
  const Library = load('pptxgenjs') as new () => Presentation
  return new Library()
}
