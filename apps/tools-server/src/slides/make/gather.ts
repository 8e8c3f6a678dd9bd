/** Gathers what slides are made from: the request's text, the owner's files and collections. */
import { AppError, type ParsedDocument, type SlidesRequest } from '@tandem/schemas'
import type { Collections } from '../../collections/collections.ts'
import type { SearchHit } from '../../collections/search.ts'
import { createBibliography } from './bibliography.ts'
import type { Brief } from './brief.ts'
import { createPassageChoice } from './choose-passages.ts'
import { requestedSlides } from './count.ts'
import { createEvidence } from './evidence.ts'
import type { OwnedFiles } from './owned-files.ts'
import { fromDocument, fromMaterial, type Passage } from './passages.ts'
import type { Picture } from './prompt-text.ts'

/** The text of an owner's file. @throws AppError */
export type ReadFileText = (
  file: { owner: string; fileId: string },
  options: { signal: AbortSignal },
) => Promise<ParsedDocument>

export interface GatherDeps {
  owner: string
  files: OwnedFiles
  collections: Pick<Collections, 'get' | 'find' | 'search'>
  readFileText: ReadFileText
  now: () => number
}

const mostHits = 30
const drawable = /^image\/(?:png|jpeg|gif|webp)$/

/** @throws AppError for files and collections that the owner does not have, or that hold nothing to read */
export async function gather(
  request: SlidesRequest & { instruction: string },
  deps: GatherDeps,
  { signal }: { signal: AbortSignal },
): Promise<Brief> {
  const { instruction } = request
  const given = await readFiles(request.files ?? [], deps, signal)
  const found = await searchIn(
    { keys: request.collections ?? [], query: instruction },
    deps,
    signal,
  )
  const passages = [...fromMaterial(request.material), ...given.passages, ...found]
  const slides = request.slides ?? requestedSlides(instruction)
  const canBeNamed = passages.some(({ source }) => source.title !== '')
  return {
    instruction,
    slides,
    hasTitle: slides === undefined || slides > 1,
    hasReferences: canBeNamed && (slides === undefined || slides > 3),
    language: request.language,
    today: new Date(deps.now()).toISOString().slice(0, 10),
    passages,
    evidence: createEvidence(instruction, passages),
    choice: createPassageChoice(passages),
    bibliography: createBibliography(),
    pictures: given.pictures,
  }
}

async function readFiles(
  keys: readonly string[],
  { owner, files, readFileText }: GatherDeps,
  signal: AbortSignal,
): Promise<{ passages: Passage[]; pictures: Picture[] }> {
  const passages: Passage[] = []
  const pictures: Picture[] = []
  for (const [at, key] of keys.entries()) {
    const { id, name, mediaType } = await files.find(key, `files[${at}]`)
    if (drawable.test(mediaType)) pictures.push({ fileId: id, name })
    else {
      const document = await readFileText({ owner, fileId: id }, { signal })
      passages.push(...fromDocument({ ...document, title: document.title || name }, id))
    }
  }
  return { passages, pictures }
}

async function searchIn(
  { keys, query }: { keys: readonly string[]; query: string },
  { owner, collections }: GatherDeps,
  signal: AbortSignal,
): Promise<Passage[]> {
  const ids: string[] = []
  for (const [at, key] of keys.entries()) {
    const found = (await collections.get(owner, key)) ?? (await collections.find(owner, key))
    if (!found) {
      throw new AppError('collection_not_found', {
        message: `There is no collection '${key.slice(0, 64)}'.`,
        param: `collections[${at}]`,
      })
    }
    ids.push(found.id)
  }
  if (ids.length === 0) return []
  const asked = { collections: ids, query: query.slice(0, 2000), k: mostHits }
  const { hits } = await collections.search(owner, asked, { signal })
  return hits.map(toPassage)
}

function toPassage({ title, page, fileId, text }: SearchHit): Passage {
  const source = {
    title: title || 'Untitled',
    ...(page !== undefined && { page }),
    ...(fileId !== null && { file_id: fileId }),
  }
  return { source, text }
}
