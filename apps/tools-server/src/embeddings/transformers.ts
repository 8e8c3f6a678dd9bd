/**
 * The only file that knows the library that runs the model. `@huggingface/transformers` has the same names and can take
 * its place here.
 */
import { env, pipeline } from '@xenova/transformers'

export interface TextModel {
  embed(text: string): Promise<{ vector: Float32Array; tokens: number }>
  dimensions: number
}

/** What the library's own types leave open. */
interface Extractor {
  (text: string, options: { pooling: 'mean'; normalize: boolean }): Promise<{ data: Float32Array }>
  tokenizer: { model_max_length: number; encode(text: string): number[] }
}

/** The word pieces that all-MiniLM-L6-v2 reads; the library would cut at 512, beyond what it was trained on. */
const maxTokens = 256

/** @param folder the folder of `Xenova/all-MiniLM-L6-v2`'s parent's parent; nothing is downloaded */
export async function loadTextModel(folder: string, model: string): Promise<TextModel> {
  env.allowRemoteModels = false
  env.allowLocalModels = true
  env.localModelPath = folder
  const extract = (await pipeline('feature-extraction', model, {
    quantized: true,
  })) as unknown as Extractor
  extract.tokenizer.model_max_length = maxTokens
  const first = await extract('ready', { pooling: 'mean', normalize: true })
  return {
    dimensions: first.data.length,
    async embed(text) {
      const tokens = Math.min(maxTokens, extract.tokenizer.encode(text).length)
      const { data } = await extract(text, { pooling: 'mean', normalize: true })
      return { vector: Float32Array.from(data), tokens }
    },
  }
}
