/** Chat requests that are plainly right, told without the schema, which costs more. */
import type { ChatRequest } from './chat.ts'

type Check = (value: unknown) => boolean

const isString: Check = (value) => typeof value === 'string'
const isBoolean: Check = (value) => typeof value === 'boolean'
const isNumber: Check = Number.isFinite
const isFilled: Check = (value) => typeof value === 'string' && value !== ''
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) > 0

function isBetween(least: number, most: number): Check {
  return (value) => typeof value === 'number' && value >= least && value <= most
}

const roles = new Set<unknown>(['developer', 'system', 'user', 'assistant', 'tool', 'function'])

const messageChecks = new Map<string, Check>([
  ['role', (value) => roles.has(value)],
  ['content', isString],
  ['name', isString],
])

const streamOptionsChecks = new Map<string, Check>([['include_usage', isBoolean]])

const requestChecks = new Map<string, Check>([
  ['model', isFilled],
  ['messages', isMessages],
  ['stream', isBoolean],
  ['stream_options', (value) => hasOnly(value, streamOptionsChecks)],
  ['temperature', isBetween(0, 2)],
  ['top_p', isBetween(0, 1)],
  ['max_tokens', isCount],
  ['max_completion_tokens', isCount],
  ['stop', isString],
  ['seed', isNumber],
  ['user', isString],
])

/**
 * Whether a body holds nothing but the usual fields of a plain chat, all of them right: then `chatRequestSchema` gives back
 * the same. False says nothing: the schema decides, and says what is wrong.
 */
export function isPlainChatRequest(body: Readonly<Record<string, unknown>>): body is ChatRequest {
  return body['messages'] !== undefined && hasOnly(body, requestChecks)
}

function isMessages(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.every(
    (message: unknown) =>
      hasOnly(message, messageChecks) && Object.hasOwn(message as object, 'role'),
  )
}

function hasOnly(value: unknown, checks: ReadonlyMap<string, Check>): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const key in value) {
    const check = checks.get(key)
    if (!check?.((value as Record<string, unknown>)[key])) return false
  }
  return true
}
