/** What both ways of running Python say of the sandbox. */
import type { ToolAvailability, ToolResult } from '@tandem/schemas'
import { errorResult } from '@tandem/tools'
import type { SandboxStatus } from '../../sandbox/types.ts'

/** How long a run may wait for its turn, beside its own time. */
export const queueMs = 240_000

export function toPackages(status: SandboxStatus): string {
  if (!status.ok) return ''
  const names = Object.entries(status.packages).map(([name, version]) =>
    `${name} ${version}`.trim(),
  )
  const python = `Python ${status.python} with its standard library`
  if (names.length === 0) return `There is ${python} and nothing else.`
  return `What can be imported: ${python}, ${names.join(', ')}.`
}

export function toAvailability(status: SandboxStatus): ToolAvailability {
  return status.ok ? { ok: true } : { ok: false, reason: status.reason, remedy: status.remedy }
}

export function unavailable(available: ToolAvailability): ToolResult {
  const { reason = '', remedy = '' } = available.ok ? {} : available
  return errorResult('sandbox_unavailable', `Python cannot be run: ${reason} ${remedy}`)
}
