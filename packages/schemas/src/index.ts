export {
  agentNames,
  type AgentEvent,
  type AgentName,
  type FinishReason,
  type PlanStep,
  type StopReason,
} from './agent-events.ts'
export {
  AppError,
  errorTable,
  toAppError,
  toErrorBody,
  type AppErrorOptions,
  type ErrorBody,
  type ErrorCode,
  type ErrorType,
} from './errors.ts'
export {
  contentSchema,
  messageSchema,
  textOf,
  toolCallSchema,
  usageSchema,
  type Content,
  type ContentPart,
  type Message,
  type ToolCall,
  type Usage,
} from './messages.ts'
export {
  chatRequestSchema,
  ownRequestFields,
  toolDefinitionSchema,
  type ChatRequest,
  type ToolChoice,
  type ToolDefinition,
} from './openai/chat.ts'
export { completionsRequestSchema, type CompletionsRequest } from './openai/completions.ts'
export { embeddingsRequestSchema, type EmbeddingsRequest } from './openai/embeddings.ts'
export { modelListSchema, modelSchema, type Model } from './openai/models.ts'
export { parseInput } from './parse.ts'
export { principalSchema, type Principal } from './principal.ts'
export {
  artifactSchema,
  citationSchema,
  serviceClaimsSchema,
  toolAvailabilitySchema,
  toolCallRequestSchema,
  toolDescriptionSchema,
  toolListSchema,
  toolProgressSchema,
  toolResultSchema,
  toolTraitsSchema,
  type Artifact,
  type Citation,
  type ServiceClaims,
  type ToolAvailability,
  type ToolCallRequest,
  type ToolDescription,
  type ToolProgress,
  type ToolResult,
  type ToolTraits,
} from './tools.ts'
