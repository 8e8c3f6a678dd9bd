/** Answers of real upstreams, byte for byte, as plain text files; the README says where each comes from. */
import { readFileSync } from 'node:fs'
import { withPauses, type Reply } from './reply.ts'

/** The status of each answer. */
const statuses = {
  'openai-text.sse': 200,
  'openai-text-usage.sse': 200,
  'openai-tools.sse': 200,
  'openai-chat.json': 200,
  'openai-tools.json': 200,
  'openai-bad-key.json': 401,
  'openai-context-overflow.json': 400,
  'openai-quota.json': 429,
  'openai-rate-limit.json': 429,
  'openai-unknown-model.json': 404,
  'ollama-text.sse': 200,
  'ollama-text-usage.sse': 200,
  'ollama-reasoning.sse': 200,
  'ollama-tools.sse': 200,
  'ollama-chat.json': 200,
  'ollama-models.json': 200,
  'ollama-unknown-model.json': 404,
  'llamacpp-text.sse': 200,
  'llamacpp-text-usage.sse': 200,
  'llamacpp-tools.sse': 200,
  'llamacpp-error.sse': 200,
  'llamacpp-completion.sse': 200,
  'llamacpp-chat.json': 200,
  'llamacpp-models.json': 200,
  'llamacpp-context-overflow.json': 400,
  'lmstudio-text.sse': 200,
  'lmstudio-reasoning.sse': 200,
  'lmstudio-error.sse': 200,
  'lmstudio-chat.json': 200,
  'lmstudio-context-overflow.json': 400,
  // LM Studio does answer 200 here.
  'lmstudio-unknown-endpoint.json': 200,
} as const

export type FixtureName = keyof typeof statuses
export const fixtureNames = Object.keys(statuses) as FixtureName[]

export function loadFixture(name: FixtureName): Buffer {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url))
}

/** Each event of a stream with the blank line that ends it; an unfinished one comes last, as it stands. */
export function splitEvents(stream: Buffer): Buffer[] {
  const events: Buffer[] = []
  let start = 0
  for (let end = stream.indexOf('\n\n'); end >= 0; end = stream.indexOf('\n\n', start)) {
    events.push(stream.subarray(start, end + 2))
    start = end + 2
  }
  if (start < stream.length) events.push(stream.subarray(start))
  return events
}

/** The fixture as its upstream sends it: status, content type, one write an event with a pause before each but the first. */
export function fixtureReply(name: FixtureName, options: { delayMs?: number } = {}): Reply {
  const bytes = loadFixture(name)
  const streamed = name.endsWith('.sse')
  return {
    status: statuses[name],
    headers: { 'content-type': contentTypeOf(name, streamed) },
    chunks: withPauses(streamed ? splitEvents(bytes) : [bytes], options.delayMs),
  }
}

function contentTypeOf(name: FixtureName, streamed: boolean): string {
  if (!streamed)
    return name.startsWith('openai') ? 'application/json' : 'application/json; charset=utf-8'
  return name.startsWith('openai') ? 'text/event-stream; charset=utf-8' : 'text/event-stream'
}
