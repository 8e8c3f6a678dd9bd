import { AppError, type Message } from '@tandem/schemas'

/**
 * A history that models accept before these newest messages: calls without a result (the client went on without it, or
 * the answer was cut) and results without a call are left out, and so are answers in which nothing is left.
 */
export function pairToolCalls(history: readonly Message[], newest: readonly Message[]): Message[] {
  const all = [...history, ...newest]
  const kept: Message[] = []
  let results: readonly Message[] = []
  for (const [at, message] of history.entries()) {
    if (message.role === 'tool') {
      if (results.includes(message)) kept.push(message)
      continue
    }
    results = []
    const paired = withAnsweredCalls(message, resultsAfter(all, at))
    if (!paired) continue
    results = resultsAfter(all, at).filter(({ tool_call_id: id }) => calls(paired).includes(id))
    kept.push(paired)
  }
  return kept
}

/**
 * A mistyped id would begin something new, and leave what waits for the result waiting.
 * @throws AppError `invalid_request` where a new message is the result of no call that the session knows
 */
export function checkResults(history: readonly Message[], newest: readonly Message[]): void {
  // Without its history, as with a limit of 0, nobody can tell.
  if (history.length === 0) return
  const known = [...history, ...newest].flatMap(calls)
  const stray = newest.find(({ role, tool_call_id: id }) => role === 'tool' && !known.includes(id))
  if (!stray) return
  const last = calls(history.at(-1) ?? stray).join(', ')
  const remedy = last === '' ? 'It waits for none.' : `It waits for ${last}.`
  throw new AppError('invalid_request', {
    message: `The session knows no call '${stray.tool_call_id ?? ''}' that this could be the result of. ${remedy}`,
    param: 'messages',
  })
}

function resultsAfter(all: readonly Message[], at: number): Message[] {
  const next = all.findIndex((message, index) => index > at && message.role !== 'tool')
  return all.slice(at + 1, next < 0 ? undefined : next)
}

function calls({ tool_calls }: Message): (string | null | undefined)[] {
  return (tool_calls ?? []).map(({ id }) => id)
}

function withAnsweredCalls(message: Message, results: readonly Message[]): Message | undefined {
  if (message.role !== 'assistant') return message
  const answered = new Set(results.map(({ tool_call_id: id }) => id))
  const { tool_calls, ...rest } = message
  const left = (tool_calls ?? []).filter(({ id }) => answered.has(id))
  if (left.length > 0) return { ...rest, tool_calls: left }
  return hasWords(rest) ? rest : undefined
}

function hasWords({ content, refusal }: Message): boolean {
  return (content?.length ?? 0) > 0 || Boolean(refusal)
}
