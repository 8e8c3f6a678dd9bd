import { slideLayoutOf, toWireArtifact, type Citation, type ToolResult } from '@tandem/schemas'
import { textResult } from '@tandem/tools'
import type { MadeSlides } from '../../slides/make/slides.ts'

const mostFindings = 12

/** What was made, as a model and as a program read it. */
export function toResult({ deck, slides, artifacts, findings }: MadeSlides): ToolResult {
  const titles = deck.slides.map(({ title, ...slide }, at) => {
    return `${at + 1}. ${title ?? slideLayoutOf(slide, at)}`
  })
  const left = findings.filter(({ mended }) => !mended).slice(0, mostFindings)
  const content = [
    `Made “${deck.title}”: ${slides} slides (${artifacts.map(({ name }) => name).join(', ')}).`,
    titles.join('\n'),
    left.length > 0
      ? `To be looked at:\n${left.map(({ slide, message }) => `- slide ${slide}: ${message}`).join('\n')}`
      : '',
  ]
  return textResult(content.filter(Boolean).join('\n\n'), {
    data: { title: deck.title, slides, files: artifacts.map(toWireArtifact), findings, deck },
    artifacts,
    citations: deck.sources.map(({ title, url, file_id: fileId, page }, at): Citation => ({
      n: at + 1,
      title,
      ...(url !== undefined && { url }),
      ...(fileId !== undefined && { fileId }),
      ...(typeof page === 'number' && { page }),
    })),
  })
}
