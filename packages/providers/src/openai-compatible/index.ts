import type { LanguageModel, ModelCapabilities, Provider } from '../types.ts'
import { createEndpoint, type EndpointOptions } from './endpoint.ts'
import { listModels } from './models.ts'
import { relay } from './relay.ts'
import { stream } from './stream.ts'

/** Until a model says otherwise it is taken to do all that the dialect has. */
const capabilities: ModelCapabilities = {
  tools: 'native',
  images: true,
  jsonSchema: true,
  reasoning: true,
}

/** Of the rest of the dialect's speakers most refuse `file` parts. */
const readsFiles = new Set(['openai', 'openrouter'])

/** Any upstream that speaks OpenAI's dialect: OpenAI, OpenRouter, LM Studio, llama.cpp, Ollama's `/v1`, private ones. */
export function createOpenAICompatibleProvider(options: EndpointOptions): Provider {
  const endpoint = createEndpoint(options)
  return {
    name: options.name,
    listModels: (callOptions) => listModels(endpoint, callOptions),
    model(id): LanguageModel {
      const target = { ...endpoint, modelId: id }
      return {
        provider: options.name,
        id,
        capabilities: { ...capabilities, files: readsFiles.has(options.name) },
        stream: (request, callOptions) => stream(target, request, callOptions),
        relay: (request, callOptions) => relay(target, request, callOptions),
      }
    },
    close: () => endpoint.transport.close(),
  }
}
