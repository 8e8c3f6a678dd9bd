/** The local model from its weights to its use. */
import { createLocalEmbedder, type LocalEmbedder } from './local-embedder.ts'
import type { Embedder, EmbeddingState } from './types.ts'
import { fetchWeights, hasWeights } from './weights.ts'

export interface LocalModel {
  state(): EmbeddingState
  ready(): Embedder | undefined
  hasWeights(): boolean
  /** Loads it once; resolves when that has succeeded or failed. */
  load(): Promise<void>
  close(): Promise<void>
}

export interface LocalModelOptions {
  modelsDir: string
  /** Where weights are downloaded from; undefined downloads none. */
  hub: string | undefined
  report?: ((state: EmbeddingState) => void) | undefined
  fetch?: typeof fetch | undefined
}

/** As callers name it. */
export const localModelId = 'local/all-MiniLM-L6-v2'
const hubModel = 'Xenova/all-MiniLM-L6-v2'
/** Precision is part of the name: vectors of other weights cannot be compared. */
const vectorsName = `${localModelId}:q8`

export function createLocalModel({ modelsDir, hub, report, fetch }: LocalModelOptions): LocalModel {
  const closing = new AbortController()
  let state: EmbeddingState = { state: 'loading', model: localModelId, progress: 0 }
  let embedder: LocalEmbedder | undefined
  let loading: Promise<void> | undefined

  function set(next: EmbeddingState): void {
    state = next
    report?.(next)
  }

  function tell(progress: number): void {
    set({ state: 'loading', model: localModelId, progress })
  }

  async function load(): Promise<void> {
    const weights = { modelsDir, model: hubModel, hub, ...(fetch && { fetch }) }
    try {
      if (!hasWeights(weights)) await fetchWeights(weights, inPercents(tell), closing.signal)
      embedder = createLocalEmbedder(vectorsName, { modelsDir, model: hubModel })
      await embedder.load()
      set({ state: 'ready', model: localModelId })
    } catch (error) {
      if (closing.signal.aborted) return
      set(toUnavailable(error, { modelsDir, hub }))
    }
  }

  return {
    state: () => state,
    ready: () => (state.state === 'ready' ? embedder : undefined),
    hasWeights: () => hasWeights({ modelsDir, model: hubModel }),
    load: () => (loading ??= load()),
    async close() {
      closing.abort()
      await loading
      await embedder?.close()
    },
  }
}

function inPercents(tell: (fraction: number) => void): (fraction: number) => void {
  let told = -1
  return (fraction) => {
    const percent = Math.floor(fraction * 100)
    if (percent === told) return
    told = percent
    tell(fraction)
  }
}

function toUnavailable(
  error: unknown,
  { modelsDir, hub }: Pick<LocalModelOptions, 'modelsDir' | 'hub'>,
): EmbeddingState {
  const why = error instanceof Error ? reasonOf(error) : String(error)
  return {
    state: 'unavailable',
    model: localModelId,
    reason: hub
      ? `Its weights could not be had from ${hub}: ${why}`
      : `Its weights cannot be used: ${why}`,
    remedy: `Put the files of ${hubModel} into ${modelsDir}/${hubModel} and restart.`,
  }
}

/** fetch says only "fetch failed"; why is below it. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message} (${cause.message.split('\n')[0] ?? ''})` : message
}
