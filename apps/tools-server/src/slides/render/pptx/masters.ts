/** One master layout for each kind of page, with its ornaments, the place of its title and the number. */
import type { Box, LaidOutDeck, LayoutContext, Page, PageKind } from '../../layout/types.ts'
import { toHex, toInches } from './units.ts'
import type { Presentation, Master, ShapeName } from './library.ts'

export const masterNames: Readonly<Record<PageKind, string>> = {
  cover: 'Cover',
  section: 'Section',
  content: 'Content',
}

type MasterObjects = NonNullable<Master['objects']>

export function defineMasters(pptx: Presentation, { pages, context }: LaidOutDeck): void {
  for (const [kind, title] of Object.entries(masterNames) as [PageKind, string][]) {
    const page = pages.find((each) => each.kind === kind)
    if (page) pptx.defineSlideMaster({ title, ...toMaster(page, context) })
  }
}

function toMaster(page: Page, context: LayoutContext): Omit<Master, 'title'> {
  const { background, furniture, number } = page
  const title = titlePlace(page, context)
  return {
    background: { color: toHex(background) },
    objects: [...furniture.flatMap(toObject), title],
    ...(number && {
      slideNumber: {
        ...toInches(number),
        fontFace: context.theme.fonts.body.office,
        fontSize: number.style.size,
        color: toHex(number.style.color),
        align: context.rtl ? 'left' : 'right',
        valign: 'middle',
        margin: [0, 0, 0, 0],
      },
    }),
  }
}

function toObject(box: Box): MasterObjects {
  if (box.kind === 'image') {
    const data = `${box.image.mediaType};base64,${box.image.bytes.toString('base64')}`
    return [{ image: { ...toInches(box), data } }]
  }
  if (box.kind !== 'shape') return []
  const look = { ...toInches(box), fill: { color: toHex(box.fill) } }
  if (box.shape !== 'ellipse') return [{ rect: look }]
  return [{ text: { text: '', options: { ...look, shape: 'ellipse' as ShapeName } } }]
}

/** Where a title stands, unless the slide says otherwise. */
function titlePlace({ kind, boxes }: Page, { page, theme }: LayoutContext): MasterObjects[number] {
  const found = boxes.find((box) => box.kind === 'text' && box.role === 'title')
  const { colors, fonts, look } = theme
  const color = { cover: colors.onCover, section: colors.onSection, content: colors.ink }[kind]
  const rect = found ?? { x: 52, y: 40, w: page.width - 104, h: 40 }
  return {
    placeholder: {
      options: {
        name: 'title',
        type: 'title',
        ...toInches(rect),
        margin: 0,
        valign: 'top',
        fontFace: fonts.heading.office,
        fontSize: kind === 'content' ? 32 : 44,
        color: toHex(color),
        bold: look !== 'paper',
      },
      text: '',
    },
  }
}
