import type { AppDb } from '@tandem/db'
import type { LanguageModel, ModelRequest } from '@tandem/providers'
import type { Message } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { estimateMessage, estimateTokens } from './estimate-tokens.ts'
import { fitHistory } from './fit-history.ts'
import { checkResults, pairNewest, pairToolCalls } from './pair-tool-calls.ts'

export interface PromptParts {
  /** The session's system message, or the one that replaces it. */
  system: Message | undefined
  /** Oldest first. */
  history: readonly Message[]
  newest: readonly Message[]
  /** What will be put in front of them. */
  block?: string | undefined
}

export interface PromptLimits {
  model: LanguageModel
  request: Pick<ModelRequest, 'maxTokens' | 'tools' | 'responseFormat'>
  registry: Deps['registry']
  signal: AbortSignal
}

/** Any chat model reads this much; what is shorter need not be measured against it. */
const anyContext = 1500
/** Room for an answer whose length nobody limited, unless a quarter of the context is less. */
const usualAnswer = 1024

/**
 * All that the model is to read: the system message, as much history as fits, what is new.
 * @throws AppError `invalid_request` where a new message is the result of no call that is waited for
 */
export async function buildPrompt(parts: PromptParts, limits: PromptLimits): Promise<Message[]> {
  const { system, block = '' } = parts
  checkResults(parts.history, parts.newest)
  const history = pairToolCalls(parts.history, parts.newest)
  const newest = pairNewest(parts.history, parts.newest)
  const before = system ? [system] : []
  if (history.length === 0) return [...before, ...newest]
  const fixedCost = cost([...before, ...newest]) + costOf(limits.request) + estimateTokens(block)
  const isShort = fixedCost + cost(history) <= anyContext
  const context = isShort ? undefined : await contextLengthOf(limits)
  const room = context === undefined ? Infinity : context - answerRoom(context, limits) - fixedCost
  return [...before, ...fitHistory(history, newest, room), ...newest]
}

function cost(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + estimateMessage(message), 0)
}

/** What stands in the prompt beside the messages. */
function costOf({ tools, responseFormat }: PromptLimits['request']): number {
  return [tools, responseFormat].reduce(
    (sum: number, part) => sum + (part ? estimateTokens(JSON.stringify(part)) : 0),
    0,
  )
}

/** A limit as large as the context cannot be kept by anyone, so it says nothing. */
function answerRoom(context: number, { request, model }: PromptLimits): number {
  const usual = Math.min(usualAnswer, Math.floor(context / 4))
  const asked = request.maxTokens ?? usual
  const possible = Math.min(asked, model.capabilities.maxOutputTokens ?? asked)
  return possible < context ? possible : usual
}

/** In tokens; undefined where neither we nor the provider know it. */
async function contextLengthOf({
  model,
  registry,
  signal,
}: PromptLimits): Promise<number | undefined> {
  const { contextLength } = model.capabilities
  if (contextLength !== undefined) return contextLength
  const name = `${model.provider}/${model.id}`
  const models = await registry.list({ signal })
  return models.find(({ id }) => id === name)?.context_length
}

/** The session's newest messages, as far back as the setting allows. */
export async function loadHistory(
  { messages }: Pick<AppDb, 'messages'>,
  { owner, id }: { owner: string; id: string },
  limit: number,
): Promise<Message[]> {
  if (limit === 0) return []
  const stored = await messages.last(owner, id, { limit })
  return stored.map(({ message }) => message)
}
