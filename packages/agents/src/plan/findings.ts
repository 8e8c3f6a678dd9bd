import { textOf, type AgentEvent } from '@tandem/schemas'
import { boundText } from '@tandem/tools'
import { acceptedText } from '../run-calls.ts'
import { toMessages } from '../transcript.ts'

const findingsBytes = 6000

/** What tools returned, for the steps of a plan that was made after it. */
export function tellFindings(events: readonly AgentEvent[]): string {
  const results = toMessages(events)
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => textOf(content))
  return boundText(results.filter((text) => text !== acceptedText).join('\n\n'), findingsBytes)
}
