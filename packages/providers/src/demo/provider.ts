import { AppError } from '@tandem/schemas'
import type { Provider } from '../types.ts'
import { capabilities, createDemoModel } from './model.ts'

export interface DemoOptions {
  /** Milliseconds between two tokens, so that a person sees them arrive; 8 unless told. */
  delayMs?: number | undefined
}

/** Tandem's built-in model: plain rules, in-process, deterministic, no network. It says of itself that it is a demo. */
export function createDemoProvider({ delayMs = 8 }: DemoOptions = {}): Provider {
  const model = createDemoModel({ provider: 'demo', id: 'assistant', delayMs })
  return {
    name: 'demo',
    async listModels({ signal }) {
      signal.throwIfAborted()
      return [
        {
          id: model.id,
          object: 'model',
          created: Date.UTC(2026, 0, 1) / 1000,
          owned_by: 'tandem',
          context_length: capabilities.contextLength,
          max_output_tokens: capabilities.maxOutputTokens,
        },
      ]
    },
    model(id) {
      if (id === model.id) return model
      throw new AppError('model_not_found', {
        message: `The model 'demo/${id.slice(0, 200)}' does not exist.`,
        param: 'model',
      })
    },
    async close() {},
  }
}
