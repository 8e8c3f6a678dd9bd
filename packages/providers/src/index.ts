export { type ProviderState } from './catalogue.ts'
export { collect, type Collected } from './collect.ts'
export { createDemoProvider } from './demo/index.ts'
export { createOpenAICompatibleProvider } from './openai-compatible/index.ts'
export { splice, type Edits } from './openai-compatible/splice.ts'
export { throughStage, type Stage } from './openai-compatible/stage.ts'
export { type UpstreamTimeouts } from './openai-compatible/transport.ts'
export { createRegistry, type Registry, type RegistryOptions } from './registry.ts'
export {
  type CallOptions,
  type LanguageModel,
  type ModelCapabilities,
  type ModelEvent,
  type ModelRequest,
  type Provider,
  type RelayEndpoint,
  type RelayRequest,
  type RelayResponse,
} from './types.ts'
