import { AppError, type Message, type ToolCall } from '@tandem/schemas'

/**
 * A history that models accept before these newest messages: calls without a result (the client went on without it, or
 * the answer was cut) and results without a call are left out, and so are answers in which nothing is left.
 */
export function pairToolCalls(history: readonly Message[], newest: readonly Message[]): Message[] {
  const paired = pair([...history, ...newest]).slice(0, history.length)
  return paired.filter((message) => message !== undefined).filter((message) => !isEmpty(message))
}

/** The newest messages in the same form; empty answers among them are the caller's own. */
export function pairNewest(history: readonly Message[], newest: readonly Message[]): Message[] {
  const start = history.length > 0 ? 0 : countResults(newest)
  const paired = pair([...history, ...newest.slice(start)]).slice(history.length)
  return [...newest.slice(0, start), ...paired.filter((message) => message !== undefined)]
}

/** How many results stand in front. Without history, as with a limit of 0, nobody can tell what they belong to. */
function countResults(messages: readonly Message[]): number {
  const others = messages.findIndex(({ role }) => role !== 'tool')
  return others < 0 ? messages.length : others
}

/**
 * A whole conversation in the same form.
 * @throws AppError `invalid_request` where it ends with the result of no call of its own, and so leaves nothing to answer
 */
export function pairConversation(messages: readonly Message[]): Message[] {
  const paired = pair(messages).filter((message) => message !== undefined)
  const [last, left] = [messages.at(-1), paired.at(-1)?.role]
  if (last?.role !== 'tool' || left === 'user' || left === 'tool') return paired
  throw new AppError('invalid_request', {
    message: `The result of the call '${idOf(last)}' does not stand behind that call. Put it right behind the message with the call, or name the session_id of the session that waits for it.`,
    param: 'messages',
  })
}

/**
 * A mistyped id would begin something new, and leave what waits for the result waiting; a result that comes late, or once
 * more, would answer nothing.
 * @throws AppError `invalid_request` where a new message is the result of no call that the session waits for
 */
export function checkResults(history: readonly Message[], newest: readonly Message[]): void {
  // Without its history, as with a limit of 0, nobody can tell.
  if (history.length === 0) return
  const stray = findStray([...history, ...newest], history.length)
  if (!stray) return
  const awaited = callsOf(history.at(-1)).map(({ id }) => id)
  const remedy = awaited.length === 0 ? 'It waits for none.' : `It waits for ${awaited.join(', ')}.`
  throw new AppError('invalid_request', {
    message: `${whyStray(idOf(stray), history)} ${remedy}`,
    param: 'messages',
  })
}

/** The first result from this place on that does not stand behind its call. */
function findStray(messages: readonly Message[], from: number): Message | undefined {
  let awaited = new Set<string>()
  return messages.find((message, at) => {
    if (message.role === 'tool') return at >= from && !awaited.has(idOf(message))
    awaited = new Set(callsOf(message).map(({ id }) => id))
    return false
  })
}

function whyStray(id: string, history: readonly Message[]): string {
  const known = history.flatMap(callsOf).some((call) => call.id === id)
  if (!known) return `The session knows no call '${id}' that this could be the result of.`
  const has = history.some((message) => message.role === 'tool' && idOf(message) === id)
  return has
    ? `The session has the result of the call '${id}' already.`
    : `The session went on without the result of the call '${id}': results come before other messages.`
}

/** In their places; undefined for what is left out. A call keeps one result, the first. */
function pair(messages: readonly Message[]): (Message | undefined)[] {
  return toGroups(messages).flatMap(([asked, ...results]) => {
    const open = Map.groupBy(callsOf(asked), ({ id }) => id)
    const answered = new Set<ToolCall>()
    const kept = results.map((result) => {
      const call = open.get(idOf(result))?.shift()
      if (call) answered.add(call)
      return call && result
    })
    return [withAnsweredCalls(asked, answered), ...kept]
  })
}

type Group = [Message, ...Message[]]

/** Each message with the results behind it. */
function toGroups(messages: readonly Message[]): Group[] {
  const groups: Group[] = []
  for (const message of messages) {
    const group = message.role === 'tool' ? groups.at(-1) : undefined
    if (group) group.push(message)
    else groups.push([message])
  }
  return groups
}

function withAnsweredCalls(message: Message, answered: ReadonlySet<ToolCall>): Message | undefined {
  if (message.role === 'tool') return undefined
  if (message.role !== 'assistant' || !message.tool_calls) return message
  const { tool_calls: calls, ...rest } = message
  if (answered.size > 0) return { ...rest, tool_calls: calls.filter((call) => answered.has(call)) }
  return calls.length > 0 && isEmpty(rest) ? undefined : rest
}

function callsOf(message: Message | undefined): readonly ToolCall[] {
  return message?.role === 'assistant' ? (message.tool_calls ?? []) : []
}

function idOf({ tool_call_id }: Message): string {
  return tool_call_id ?? ''
}

function isEmpty({ role, content, refusal, tool_calls }: Message): boolean {
  const says = (content?.length ?? 0) > 0 || Boolean(refusal)
  return role === 'assistant' && !says && !tool_calls?.length
}
