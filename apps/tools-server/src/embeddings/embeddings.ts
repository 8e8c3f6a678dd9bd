/** Which embedder there is, if any: while there is none, documents are found by their words alone, and it is said. */
import { createHttpEmbedder } from './http-embedder.ts'
import { createLocalModel, localModelId } from './local-model.ts'
import type { Embedder, EmbeddingState } from './types.ts'

export interface EmbeddingSettings {
  /** `none`, `local/all-MiniLM-L6-v2`, or with `ragEmbeddingUrl` a model of that API. */
  ragEmbeddingModel: string
  ragEmbeddingUrl?: string | undefined
  ragEmbeddingApiKey?: string | undefined
  modelsDir: string
  /** Where weights are downloaded from; `off` downloads none. */
  ragModelHub: string
}

export interface Embeddings {
  /** Of the model that collections use. */
  state(): EmbeddingState
  /** Undefined until it can be used. */
  ready(): Embedder | undefined
  /** The local model, whatever collections use, for `/v1/embeddings`; loaded when it is first asked for. */
  local(): Promise<Embedder | undefined>
  /** Whether it has its weights. */
  hasLocal(): boolean
  /** Begins to load where nobody has, and resolves when that has succeeded or failed. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface EmbeddingsOptions {
  settings: EmbeddingSettings
  /** Told about loading and downloading. */
  report?: ((state: EmbeddingState) => void) | undefined
  fetch?: typeof fetch | undefined
}

export function createEmbeddings({ settings, report, fetch }: EmbeddingsOptions): Embeddings {
  const choice = choose(settings)
  const isLocal = choice === 'local'
  const hub = isLocal && settings.ragModelHub !== 'off' ? settings.ragModelHub : undefined
  const local = createLocalModel({ modelsDir: settings.modelsDir, hub, report, fetch })
  const remote = choice === 'remote' ? createRemote(settings, fetch) : undefined
  const ready = (): Embedder | undefined => (isLocal ? local.ready() : remote)
  return {
    state() {
      if (remote) return { state: 'ready', model: remote.name }
      if (choice === 'unknown') return unknownModel(settings)
      return isLocal ? local.state() : { state: 'off' }
    },
    ready,
    async local() {
      await local.load()
      return local.ready()
    },
    hasLocal: () => local.hasWeights(),
    settled: async () => (isLocal ? local.load() : undefined),
    close: () => local.close(),
  }
}

/** The mission's documents write the local model's name in several ways. */
function choose({
  ragEmbeddingModel,
  ragEmbeddingUrl,
}: EmbeddingSettings): 'remote' | 'local' | 'none' | 'unknown' {
  if (ragEmbeddingUrl !== undefined) return 'remote'
  const name = ragEmbeddingModel.toLowerCase().split('/').at(-1)
  if (name === 'none') return 'none'
  return localModelId.toLowerCase().endsWith(`/${name ?? ''}`) ? 'local' : 'unknown'
}

function createRemote(settings: EmbeddingSettings, send?: typeof fetch): Embedder {
  return createHttpEmbedder({
    baseUrl: settings.ragEmbeddingUrl ?? '',
    model: settings.ragEmbeddingModel,
    apiKey: settings.ragEmbeddingApiKey,
    ...(send && { fetch: send }),
  })
}

function unknownModel({ ragEmbeddingModel }: EmbeddingSettings): EmbeddingState {
  return {
    state: 'unavailable',
    model: ragEmbeddingModel,
    reason: `${ragEmbeddingModel} is no model that runs here.`,
    remedy: `Set RAG_EMBEDDING_URL to an OpenAI-compatible API that has it, or RAG_EMBEDDING_MODEL=${localModelId}.`,
  }
}
