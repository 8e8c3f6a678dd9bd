import type { Usage } from './messages.ts'

/** Whether `usageSchema` gives back just this. Told without the schema, which costs more; false says nothing. */
export function isPlainUsage(value: unknown): value is Usage {
  if (!isObject(value)) return false
  return (
    isCount(value['prompt_tokens']) &&
    isCount(value['completion_tokens']) &&
    isCount(value['total_tokens']) &&
    hasNumber(value['prompt_tokens_details'], 'cached_tokens') &&
    hasNumber(value['completion_tokens_details'], 'reasoning_tokens') &&
    value['estimated'] === undefined
  )
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Neither the details nor the number in them must be there. */
function hasNumber(details: unknown, name: string): boolean {
  if (details === undefined || details === null) return true
  return isObject(details) && (details[name] === undefined || Number.isFinite(details[name]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
