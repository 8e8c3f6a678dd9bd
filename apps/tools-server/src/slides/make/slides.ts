/** Slides: from a request to files in the owner's store. What the tool and the route both call. */
import {
  AppError,
  deckSchema,
  parseInput,
  type Artifact,
  type Deck,
  type SlidesFinding,
  type SlidesRequest,
  type ToolProgress,
} from '@tandem/schemas'
import type { ModelsAccess } from '@tandem/tools'
import type { ArtifactStore } from '../../files/artifact-store.ts'
import type { FileStore } from '../../files/file-store.ts'
import { streamModel } from '../../models/stream-model.ts'
import { lintDeck } from '../lint/lint-deck.ts'
import { parseMarkdown } from '../markdown/parse-markdown.ts'
import type { RenderedFile, RenderOptions } from '../render/index.ts'
import { createJsonModel } from './ask-json.ts'
import { hear } from './hear.ts'
import { gather, type GatherDeps } from './gather.ts'
import { loadImages } from './load-images.ts'
import { makeDeck, type MadeDeck, type SlidePrompts } from './make-deck.ts'
import { createOwnedFiles, type OwnedFiles } from './owned-files.ts'

export interface SlidesCaller {
  owner: string
  sessionId?: string | undefined
  models: ModelsAccess
}

export interface MadeSlides {
  deck: Deck
  /** How many slides the files have. */
  slides: number
  /** In the order of the formats that were asked for. */
  artifacts: Artifact[]
  findings: SlidesFinding[]
}

export interface Slides {
  /** @throws AppError for what is wrong with the request, and where no model can be asked; the signal's reason */
  make(
    request: SlidesRequest,
    caller: SlidesCaller,
    options: { signal: AbortSignal },
  ): AsyncGenerator<ToolProgress, MadeSlides>
}

export interface SlidesDeps extends Pick<GatherDeps, 'collections' | 'readFileText' | 'now'> {
  files: Pick<FileStore, 'get' | 'list'>
  artifacts: ArtifactStore
  prompts: SlidePrompts
  render(deck: Deck, options: RenderOptions, signal: AbortSignal): Promise<RenderedFile[]>
  /** For the writing; the drawing comes after it. */
  patienceMs?: number
}

const defaultPatienceMs = 400_000

export function createSlides(deps: SlidesDeps): Slides {
  return {
    async *make(request, caller, { signal }) {
      const files = createOwnedFiles(deps.files, caller)
      const made = yield* toDeck(request, { deps, caller, files }, signal)
      const where = request.deck ? 'deck' : request.markdown === undefined ? '' : 'markdown'
      const { owner, sessionId } = caller
      const { artifacts } = deps
      const { deck, images } = await loadImages(made.deck, where, { owner, files, artifacts })
      const formats = [...new Set(request.formats)]
      yield { message: `Drawing ${formats.join(' and ')}`, fraction: 0.85 }
      const rendered = await at(where, () => deps.render(deck, { owner, formats, images }, signal))
      const saved: Artifact[] = []
      for (const { name, bytes } of rendered) {
        signal.throwIfAborted()
        const file = { owner, name, bytes: Buffer.from(bytes) }
        saved.push(await artifacts.save({ ...file, ...(sessionId !== undefined && { sessionId }) }))
      }
      const slides = rendered[0]?.slides ?? deck.slides.length
      const findings = [...made.findings, ...splitFinding(slides, deck)]
      return { deck, slides, artifacts: saved, findings }
    },
  }
}

function splitFinding(slides: number, { slides: { length } }: Deck): SlidesFinding[] {
  if (slides <= length) return []
  const message = `What did not fit was parted: the files have ${slides} slides, the deck has ${length}.`
  return [{ slide: length, rule: 'slide_parted', message, mended: true }]
}

/** Paths are told from the request on. */
async function at<Value>(where: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (!where || !(error instanceof AppError) || error.status !== 400 || !error.param) throw error
    const { code, message } = error
    throw new AppError(code, { message, param: `${where}.${error.param}`, cause: error })
  }
}

interface Making {
  deps: SlidesDeps
  caller: SlidesCaller
  files: OwnedFiles
}

async function* toDeck(
  request: SlidesRequest,
  { deps, caller, files }: Making,
  signal: AbortSignal,
): AsyncGenerator<ToolProgress, MadeDeck> {
  const { deck, markdown, instruction, theme } = request
  if (deck) {
    const themed = theme === undefined ? deck : { ...deck, theme }
    return { deck: themed, findings: lintDeck(themed) }
  }
  const look = theme === undefined ? {} : { theme }
  if (markdown !== undefined) {
    const parsed = parseInput(deckSchema, { ...parseMarkdown(markdown), ...look })
    return { deck: parsed, findings: lintDeck(parsed) }
  }
  if (instruction === undefined) throw new AppError('missing_parameter', { param: 'instruction' })
  yield { message: 'Reading the material', fraction: 0.01 }
  const { owner } = caller
  const brief = await gather({ ...request, instruction }, { ...deps, owner, files }, { signal })
  const model = createJsonModel((question, patience) =>
    hear(
      (options) => streamModel(caller.models, { ...question, model: request.model }, options),
      patience,
    ),
  )
  const { prompts, patienceMs = defaultPatienceMs } = deps
  return yield* makeDeck(brief, { model, prompts, look, patienceMs }, { signal })
}
