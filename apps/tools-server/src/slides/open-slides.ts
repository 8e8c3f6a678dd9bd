import type { Knowledge } from '../collections/knowledge.ts'
import type { StoredDocuments } from '../documents/stored-documents.ts'
import { createSlides, type Slides, type SlidesDeps } from './make/slides.ts'

export interface OpenSlidesOptions extends Pick<
  SlidesDeps,
  'files' | 'artifacts' | 'now' | 'render'
> {
  knowledge: Pick<Knowledge, 'collections'>
  documents: Pick<StoredDocuments, 'parse'>
  /** The text of a prompt. */
  describe: (name: string) => string
}

/** Slides over the rooms that hold what they are made from. @throws Error when a prompt is missing */
export function openSlides(options: OpenSlidesOptions): Slides {
  const { files, artifacts, knowledge, documents, describe, render, now } = options
  return createSlides({
    files,
    artifacts,
    collections: knowledge.collections,
    readFileText: (file, call) => documents.parse(file, call),
    prompts: {
      outline: describe('ppt_maker_outline'),
      slide: describe('ppt_maker_slide'),
      titles: describe('ppt_maker_titles'),
    },
    render,
    now,
  })
}
