import { hangOf } from '../../layout/set-text.ts'
import type { LayoutContext, SetParagraph, TextBox, TextStyle } from '../../layout/types.ts'
import type { Span } from '../../text/inline.ts'
import { startsRightToLeft } from '../../text/scripts.ts'
import { languageOf } from './language.ts'
import { toHex, toInches } from './units.ts'
import type { Slide, TextRun, TextOptions } from './library.ts'

export function addTextBox(slide: Slide, box: TextBox, context: LayoutContext): void {
  slide.addText(toRuns(box.paragraphs, { style: box.style, align: box.align }, context), {
    ...toInches(box),
    objectName: box.name,
    margin: 0,
    valign: box.valign,
    // Only where a program lacks the font and has a wider one.
    fit: 'shrink',
    isTextBox: box.role !== 'title',
    ...(box.role === 'title' && { placeholder: 'title' }),
  })
}

export function toRuns(
  paragraphs: readonly SetParagraph[],
  { style, align }: { style: TextStyle; align: TextBox['align'] },
  context: LayoutContext,
): TextRun[] {
  return paragraphs.flatMap((paragraph, index) => {
    const { spans, rtl } = paragraph
    const shown = spans.length > 0 ? spans : [{ text: '' }]
    return shown.map((span, at) => ({
      text: span.text,
      options: {
        ...toRunOptions(span, style, context),
        align: toAlign(align, rtl),
        ...(rtl && { rtlMode: true }),
        lineSpacing: style.leading,
        ...(paragraph.spaceBefore > 0 && { paraSpaceBefore: paragraph.spaceBefore }),
        ...toBullet(paragraph, style),
        breakLine: at === shown.length - 1 && index < paragraphs.length - 1,
      },
    }))
  })
}

function toRunOptions(span: Span, style: TextStyle, context: LayoutContext): TextOptions {
  const { fonts } = context.theme
  const isBold = span.bold ?? style.bold
  const isItalic = span.italic ?? style.italic
  return {
    fontFace: fonts[span.code === true ? 'mono' : style.font].office,
    fontSize: style.size,
    color: toHex(span.color ?? style.color),
    lang: languageOf(span.text, context),
    ...(isBold === true && { bold: true }),
    ...(isItalic === true && { italic: true }),
    // LibreOffice breaks links that run from right to left.
    ...(span.url !== undefined &&
      startsRightToLeft(span.text) !== true && { hyperlink: { url: span.url } }),
  }
}

/** Offices mean the side itself, whatever the direction. */
function toAlign(align: TextBox['align'], rtl: boolean): 'left' | 'center' | 'right' {
  if (align === 'center') return 'center'
  return (align === 'end') === rtl ? 'left' : 'right'
}

function toBullet(
  { marker, level }: SetParagraph,
  { size }: TextStyle,
): Pick<TextOptions, 'bullet' | 'indentLevel'> {
  if (!marker) return {}
  const indent = hangOf(marker, size)
  const bullet: TextOptions['bullet'] =
    marker.kind === 'dot' ? { indent } : { indent, type: 'number', numberStartAt: marker.number }
  return { bullet, ...(level > 0 && { indentLevel: level }) }
}
