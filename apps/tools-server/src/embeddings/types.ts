/** Embedders turn texts into vectors of length 1. */

export interface Embedded {
  /** Of length 1, so that their product is the cosine. */
  vectors: Float32Array[]
  /** Of the texts, as far as the model read them. */
  tokens: number
}

export interface Embedder {
  /** Model and precision: vectors of different names are never compared. */
  readonly name: string
  /**
   * @param options.urgent somebody waits: goes before what is embedded in the background
   * @throws AppError
   */
  embed(
    texts: readonly string[],
    options: { signal: AbortSignal; urgent?: boolean },
  ): Promise<Embedded>
}

export type EmbeddingState =
  | { state: 'ready'; model: string }
  | { state: 'loading'; model: string; progress: number }
  | { state: 'unavailable'; model: string; reason: string; remedy: string }
  | { state: 'off' }
