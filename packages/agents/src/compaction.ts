import { collect, type LanguageModel } from '@tandem/providers'
import { textOf, type Message } from '@tandem/schemas'
import { boundText } from '@tandem/tools'
import { estimateTokens, toUser, type Conversation } from './conversation.ts'
import { fillPrompt } from './prompts.ts'
import { countModelCall, type RunState } from './run-state.ts'
import { estimateUsage } from './usage.ts'

/** Makes a conversation shorter; false where it can do no more. */
type Measure = (
  conversation: Conversation,
  model: LanguageModel,
  state: RunState,
) => Promise<boolean>

/** The gentlest first. */
const measures: readonly Measure[] = [shrinkOld, summarise, shrinkAll]

/** Before a call: makes room where the model's context is known and nearly full. Hands back how far it had to go. */
export async function keepRoom(
  conversation: Conversation,
  model: LanguageModel,
  state: RunState,
): Promise<void> {
  const { contextLength } = model.capabilities
  if (contextLength === undefined) return
  const reserve = Math.min(state.run.request.maxTokens ?? 4096, contextLength / 4)
  for (const measure of measures) {
    if (estimateTokens(conversation) <= contextLength - reserve) return
    await measure(conversation, model, state)
  }
}

/** After a model refused the conversation as too long: the next measure that changes something; false where none does. */
export async function makeRoom(
  conversation: Conversation,
  model: LanguageModel,
  attempt: { state: RunState; level: number },
): Promise<number | undefined> {
  for (let level = attempt.level; level < measures.length; level += 1) {
    if (await measures[level]?.(conversation, model, attempt.state)) return level + 1
  }
  return undefined
}

const oldBytes = 600
const smallBytes = 1200
const longArguments = 4000

/** What tools said and models thought before the latest calls. */
async function shrinkOld(conversation: Conversation): Promise<boolean> {
  const latest = conversation.messages.findLastIndex(({ role }) => role === 'assistant')
  return shrink(conversation, latest, oldBytes)
}

async function shrinkAll(conversation: Conversation): Promise<boolean> {
  return shrink(conversation, conversation.messages.length, smallBytes)
}

function shrink(conversation: Conversation, end: number, bytes: number): boolean {
  const before = conversation.messages
  const after = before.map((message, index) =>
    index < end ? shrinkMessage(message, bytes) : message,
  )
  const changed = after.some((message, index) => message !== before[index])
  if (changed) replace(conversation, after)
  return changed
}

function shrinkMessage(message: Message, bytes: number): Message {
  if (message.role === 'tool') {
    const text = textOf(message.content)
    return Buffer.byteLength(text) > bytes
      ? { ...message, content: boundText(text, bytes) }
      : message
  }
  const calls = message.tool_calls ?? []
  const long = calls.some((call) => call.function.arguments.length > longArguments)
  if (message.role !== 'assistant' || (message.reasoning === undefined && !long)) return message
  const shorter = calls.map((call) =>
    call.function.arguments.length > longArguments
      ? { ...call, function: { ...call.function, arguments: '{"left_out":"to save room"}' } }
      : call,
  )
  return { ...message, reasoning: undefined, ...(calls.length > 0 && { tool_calls: shorter }) }
}

function replace(conversation: Conversation, messages: Message[]): void {
  conversation.messages = messages
  delete conversation.counted
}

/** Turns that stay word for word beside the user's request. */
const keptTurns = 2

/** All but the system message, the user's request and the latest turns becomes a summary, put before the request. */
async function summarise(
  conversation: Conversation,
  model: LanguageModel,
  state: RunState,
): Promise<boolean> {
  const { system, old, request, latest } = divide(conversation.messages)
  if (old.length === 0) return false
  const original = conversation.summary?.request ?? request
  const earlier = conversation.summary?.text ?? ''
  const transcript = [earlier, ...old.filter((message) => message !== request).map(toLine)].join(
    '\n',
  )
  const text = await writeSummary(transcript.trim(), model, state)
  const marked = withSummary(original, text)
  replace(conversation, [...system, marked, ...latest])
  conversation.summary = { text, request: original }
  return true
}

/** Cuts only where a turn begins: a call and its results stay together. */
function divide(messages: readonly Message[]) {
  const start = messages[0]?.role === 'system' || messages[0]?.role === 'developer' ? 1 : 0
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  const turns = messages.flatMap(({ role }, index) =>
    role === 'assistant' && index > asked ? [index] : [],
  )
  const cut = turns.at(-keptTurns) ?? turns[0] ?? messages.length
  const request = messages[asked] ?? toUser('')
  return {
    system: messages.slice(0, start),
    old: [...messages.slice(start, Math.max(start, asked)), ...messages.slice(asked + 1, cut)],
    request,
    latest: messages.slice(cut),
  }
}

function withSummary(request: Message, summary: string): Message {
  const lead = `What happened before, in short:\n${summary}\n\nThe request:`
  return typeof request.content === 'string'
    ? { ...request, content: `${lead}\n${request.content}` }
    : { ...request, content: [{ type: 'text', text: lead }, ...(request.content ?? [])] }
}

function toLine(message: Message): string {
  const calls = (message.tool_calls ?? []).map(
    ({ function: { name, arguments: text } }) => ` calls ${name}(${boundText(text, 300)})`,
  )
  return `${message.role}:${calls.join(';')} ${boundText(textOf(message.content), 1500)}`
}

/** In the model's words; where it has none, what can be kept of the transcript itself. */
async function writeSummary(
  transcript: string,
  model: LanguageModel,
  state: RunState,
): Promise<string> {
  const room = Math.min(48_000, (model.capabilities.contextLength ?? 12_000) * 2)
  const prompt = fillPrompt(state.deps.prompts.summary, { transcript: boundText(transcript, room) })
  const request = { messages: [toUser(prompt)], maxTokens: 800 }
  try {
    const reply = await collect(model.stream(request, { signal: state.deadline }))
    countModelCall(state, reply.usage ?? estimateUsage(request, reply.text.length))
    if (reply.text.trim() !== '') return reply.text.trim()
  } catch {
    state.deadline.throwIfAborted()
    countModelCall(state, undefined)
  }
  return boundText(transcript, 3000)
}
