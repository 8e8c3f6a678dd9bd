import { deckSchema, parseInput, type DeckFormat, type DeckInput } from '@tandem/schemas'
import {
  createDeckRenderer,
  type DeckImage,
  type RenderedFile,
} from '../../src/slides/render/index.ts'

const draw = createDeckRenderer({ libreOffice: 'none', slots: 2 })
const never = new AbortController().signal

export async function render(
  input: DeckInput,
  formats: DeckFormat[],
  images: ReadonlyMap<string, DeckImage> = new Map(),
): Promise<RenderedFile[]> {
  return draw(parseInput(deckSchema, input), { owner: 'a', formats, images }, never)
}

export function textOf(file: RenderedFile): string {
  return Buffer.from(file.bytes).toString('utf8')
}
