import type { ToolResult } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'

/** Notices that a loop goes in circles: the same call again, though nothing has changed since. */
export interface Repeats {
  /** What to do with a call: run it, answer it with what is known, or stop. */
  check(key: string): { kind: 'run' } | { kind: 'known'; result: ToolResult } | { kind: 'stop' }
  record(key: string, tool: Tool, result: ToolResult): void
}

interface Entry {
  times: number
  result: ToolResult
  /** Which state of the world the result tells of. */
  world: number
}

/** Beyond the limit only for calls between which something changed: edit, test, edit, test. */
const grace = 2

/** `limit`: the call with this number stops the loop. A result that may be different next time is not kept. */
export function createRepeats(limit: number): Repeats {
  const entries = new Map<string, Entry>()
  let world = 0
  return {
    check(key) {
      const entry = entries.get(key)
      if (!entry) return { kind: 'run' }
      const time = entry.times + 1
      const changed = entry.world !== world
      if (time >= (changed ? limit + grace : limit)) return { kind: 'stop' }
      if (changed || entry.result.error?.retryable) return { kind: 'run' }
      entry.times = time
      return { kind: 'known', result: entry.result }
    },
    record(key, tool, result) {
      if (!tool.traits.readOnly && !result.error) world += 1
      entries.set(key, { times: (entries.get(key)?.times ?? 0) + 1, result, world })
    },
  }
}

/** What makes two calls the same: the name and the arguments, whatever the order of their keys. */
export function keyOf(tool: Pick<Tool, 'name'>, given: unknown): string {
  return `${tool.name} ${canonical(given)}`
}

/** JSON with its keys in order. */
function canonical(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  let text = ''
  for (const key of Object.keys(value).toSorted()) {
    text += `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])},`
  }
  return `{${text}}`
}
