export {
  type ByteSink,
  type ByteStream,
  createPipeline,
  type Pipeline,
  type Stage,
} from './byte-stream.ts'
export { type ProviderState } from './catalogue.ts'
export { collect, type Collected } from './collect.ts'
export { createDemoProvider, type DemoOptions } from './demo/index.ts'
export {
  createAnswerCollector,
  readAnswer,
  type AnswerCollector,
} from './openai-compatible/collect-answer.ts'
export { createOpenAICompatibleProvider } from './openai-compatible/index.ts'
export { toWireMessage } from './openai-compatible/request-body.ts'
export { splice, type Edits } from './openai-compatible/splice.ts'
export { toJson } from './openai-compatible/to-json.ts'
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
export { withRetry, type RetryOptions } from './wrappers/retry.ts'
export { type ModelCall, type PromptLogOptions, withPromptLog } from './wrappers/prompt-log.ts'
