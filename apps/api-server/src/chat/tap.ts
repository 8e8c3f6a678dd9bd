import type { Stage } from '@tandem/providers'
import { isPlainUsage, usageSchema, type Usage } from '@tandem/schemas'

const key = Buffer.from('"usage"')
const openBrace = 0x7b
const closeBrace = 0x7d
const maxUsageBytes = 8192

export interface StreamTapOptions {
  withholdUsage: boolean
  onUsage: (usage: Usage) => void
  /** Told all that passes, before the usage in it. */
  onEvents: (events: Buffer) => void
}

/**
 * Passes whole SSE events and reads the usage in them by a scan of the bytes: in a JSON string the key's quotes would be
 * escaped, so they cannot mislead. The usage event that nobody asked for (`choices: []`) is taken out.
 */
export function createTap({ withholdUsage, onUsage, onEvents }: StreamTapOptions): Stage {
  return {
    take(events) {
      onEvents(events)
      const usage = findUsage(events)
      if (!usage) return events
      onUsage(usage)
      return withholdUsage ? withoutUsageEvents(events) : events
    },
  }
}

/** The last non-null `usage` in these bytes. */
export function findUsage(bytes: Buffer): Usage | undefined {
  for (
    let at = bytes.lastIndexOf(key);
    at >= 0;
    at = at > 0 ? bytes.lastIndexOf(key, at - 1) : -1
  ) {
    const usage = parseUsageAt(bytes, at + key.length)
    if (usage) return usage
  }
  return undefined
}

function parseUsageAt(bytes: Buffer, from: number): Usage | undefined {
  let start = from
  while (isGap(bytes[start])) start += 1
  if (bytes[start] !== openBrace) return undefined
  const text = bytes.toString('latin1', start, Math.min(bytes.length, start + maxUsageBytes))
  const end = endOfObject(text)
  const usage = end > 0 ? tryParse(text.slice(0, end)) : undefined
  if (isPlainUsage(usage)) return usage
  const parsed = usageSchema.safeParse(usage)
  return parsed.success ? parsed.data : undefined
}

/** A colon or white space. */
function isGap(byte: number | undefined): boolean {
  return byte === 0x3a || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Usage objects hold numbers under plain keys, so braces need no telling from braces in strings. */
function endOfObject(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === openBrace) depth += 1
    else if (code === closeBrace) depth -= 1
    if (depth === 0) return at + 1
  }
  return -1
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function withoutUsageEvents(events: Buffer): Buffer | undefined {
  const kept = events
    .toString('latin1')
    .split(/(?<=\r?\n\r?\n)/)
    .filter((event) => !isUsageEvent(event))
  return kept.length > 0 ? Buffer.from(kept.join(''), 'latin1') : undefined
}

function isUsageEvent(event: string): boolean {
  return /"choices"\s*:\s*\[\s*\]/.test(event) && /"usage"\s*:\s*\{/.test(event)
}
