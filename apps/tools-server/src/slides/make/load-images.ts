/** The pictures that a deck names, from its owner's files and from nowhere else. */
import { AppError, type Deck } from '@tandem/schemas'
import type { ArtifactStore } from '../../files/artifact-store.ts'
import type { DeckImage } from '../render/index.ts'
import type { OwnedFiles } from './owned-files.ts'

const mostPictures = 100
const mostBytes = 150 * 2 ** 20

export interface LoadedImages {
  /** With the ids of the files where it named them by name. */
  deck: Deck
  images: ReadonlyMap<string, DeckImage>
}

interface Sources {
  owner: string
  files: OwnedFiles
  artifacts: Pick<ArtifactStore, 'load'>
}

type Named = { file_id?: string | undefined }

/**
 * `at` is where the deck stands in the request: `deck`.
 * @throws AppError `file_not_found` with the path of the picture, `invalid_request` where there are too many
 */
export async function loadImages(deck: Deck, at: string, sources: Sources): Promise<LoadedImages> {
  const images = new Map<string, DeckImage>()
  let bytes = 0
  const load = async <Picture extends Named>(picture: Picture, path: string): Promise<Picture> => {
    if (picture.file_id === undefined) return picture
    const param = [at, path, 'file_id'].filter(Boolean).join('.')
    const { id, bytes: size } = await sources.files.find(picture.file_id, param)
    if (!images.has(id)) {
      bytes += size
      if (images.size >= mostPictures || bytes > mostBytes) throw tooMuch(param)
      const file = await sources.artifacts.load(sources.owner, id)
      if (file) images.set(id, { bytes: file.bytes })
    }
    return { ...picture, file_id: id }
  }
  const slides: Deck['slides'] = []
  for (const [index, slide] of deck.slides.entries()) {
    const blocks: typeof slide.blocks = []
    for (const [number, block] of slide.blocks.entries()) {
      const path = `slides[${index}].blocks[${number}]`
      blocks.push(block.type === 'image' ? await load(block, path) : block)
    }
    slides.push({ ...slide, blocks })
  }
  const { theme } = deck
  if (typeof theme === 'string' || !theme.logo) return { deck: { ...deck, slides }, images }
  const logo = await load(theme.logo, 'theme.logo')
  return { deck: { ...deck, slides, theme: { ...theme, logo } }, images }
}

function tooMuch(param: string): AppError {
  return new AppError('request_too_large', {
    message: `The deck has more pictures than can be drawn: at most ${mostPictures} and ${mostBytes / 2 ** 20} MiB.`,
    param,
  })
}
