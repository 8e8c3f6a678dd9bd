import type { Message } from '@tandem/schemas'
import { estimateMessage } from './estimate-tokens.ts'

/**
 * The newest turns that fit into so many tokens. What goes first are whole turns, which begin with a user's message;
 * where the newest messages are results of tools, the turn that they belong to may lose its older calls, but never the
 * call that they answer.
 * @param history as `pairToolCalls` gives it
 */
export function fitHistory(
  history: readonly Message[],
  newest: readonly Message[],
  tokens: number,
): Message[] {
  const goesOn = newest[0]?.role === 'tool'
  let start = goesOn ? lastCall(history) : history.length
  let mayCutTurn = goesOn
  let cost = 0
  for (let at = history.length - 1; at >= 0; at -= 1) {
    const message = history[at]
    if (!message) break
    cost += estimateMessage(message)
    if (cost > tokens) break
    const begins = message.role === 'user'
    if (at < start && (begins || (mayCutTurn && message.role !== 'tool'))) start = at
    if (begins) mayCutTurn = false
  }
  return history.slice(start)
}

function lastCall(history: readonly Message[]): number {
  const at = history.findLastIndex(({ tool_calls }) => (tool_calls?.length ?? 0) > 0)
  return at < 0 ? history.length : at
}
