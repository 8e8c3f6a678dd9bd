import { toMarkedText } from '../../text/inline.ts'
import { cutSpans } from '../../text/wrap.ts'
import { setText, toParagraph } from '../set-text.ts'
import { toStyle, type TextLook } from '../text-box.ts'
import type { LayoutContext } from '../types.ts'

/** Cuts text after the last line that fits into a height; there is always one. */
export function cutText(
  text: string,
  { width, height, look }: { width: number; height: number; look: TextLook },
  context: LayoutContext,
): { head: string; rest: string } {
  const paragraph = toParagraph(text)
  const style = toStyle(look, [paragraph])
  const [set] = setText([paragraph], { width, style }, context)
  const count = Math.max(1, Math.floor(height / style.leading))
  const end = set?.lines[count - 1]?.end ?? text.length
  return {
    head: toMarkedText(cutSpans(paragraph.spans, 0, end)).trim(),
    rest: toMarkedText(cutSpans(paragraph.spans, end, text.length)).trim(),
  }
}
