/** What a page says, for programs that read HTML without its drawings. */
import type { Box, ChartBox, Page, SetParagraph, TableBox } from '../../layout/types.ts'
import { escapeHtml } from './escape.ts'

/** Not shown and not read aloud: the drawing has the same words. */
export function writePageText({ boxes }: Page): string {
  const text = boxes.map(toText).join('')
  return text && `<div hidden>${text}</div>`
}

function toText(box: Box): string {
  switch (box.kind) {
    case 'text': {
      const tag = box.role === 'title' ? 'h2' : 'p'
      return box.paragraphs.map((each) => `<${tag}>${plain(each)}</${tag}>`).join('')
    }
    case 'table':
      return toTable(box)
    case 'chart':
      return toSeries(box)
    case 'image':
      return `<p>${escapeHtml(box.alt)}</p>`
    case 'shape':
      return ''
    default:
      return box satisfies never
  }
}

function toTable({ rows }: TableBox): string {
  const lines = rows.map(({ cells }) =>
    cells.map(({ paragraph }) => `<td>${plain(paragraph)}</td>`).join(''),
  )
  return `<table>${lines.map((cells) => `<tr>${cells}</tr>`).join('')}</table>`
}

function toSeries({ chart: { categories, series } }: ChartBox): string {
  return series
    .map(({ name, values }) => {
      const points = categories.map((category, at) => `${category} ${values[at] ?? '–'}`)
      return `<p>${escapeHtml(`${name}: ${points.join(', ')}`)}</p>`
    })
    .join('')
}

function plain({ spans }: SetParagraph): string {
  return escapeHtml(spans.map(({ text }) => text).join(''))
}
