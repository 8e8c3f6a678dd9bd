import type { ToolCall, ToolResult } from '@tandem/schemas'
import { errorResult, type Tool } from '@tandem/tools'
import { readArguments } from './arguments/read-arguments.ts'
import { isCutOff } from './arguments/loose-json.ts'
import { jsonrepair } from 'jsonrepair'
import { keyOf, type Repeats } from './repeats.ts'
import type { RunState } from './run-state.ts'
import { byLikeness, meantName, safeName } from './tool-names.ts'

export type Repaired = 'json' | 'schema' | 'name'

/** What a loop remembers of the calls before. */
export interface LoopMemory {
  repeats: Repeats
  /** How often in a row a tool's arguments could not be used. */
  strikes: Map<string, number>
  /** Tools that were given up on. */
  withdrawn: Set<string>
}

/** What a call comes to. `call` is as it goes into the conversation: a known name, valid JSON, an id of its own. */
export type ResolvedCall = { call: ToolCall; given: unknown; repaired?: Repaired | undefined } & (
  | { kind: 'run' | 'ask' | 'exit'; tool: Tool; args: unknown; key: string }
  | { kind: 'answered'; result: ToolResult; circling?: boolean }
  | { kind: 'caller' }
)

export interface CallContext {
  state: RunState
  memory: LoopMemory
  tools: readonly Tool[]
  /** Tools that end the loop. */
  exits: readonly Tool[]
  callerNames: ReadonlySet<string>
  /** The calls have their ids already. */
  resumed?: boolean
}

const strikesAllowed = 2

/** Decides what becomes of one call; `cut` where the reply ended in the middle of it. */
export function resolveCall(call: ToolCall, cut: boolean, context: CallContext): ResolvedCall {
  const { state, exits, callerNames } = context
  const asked = call.function.name
  const name = isOffered(asked, context) ? asked : meantName(asked, namesOf(context))
  const repaired: Repaired | undefined = name === undefined || name === asked ? undefined : 'name'
  const isCallers = name !== undefined && callerNames.has(name)
  // A paused run is found again by these ids, so they must be like no other run's: models count theirs from 0.
  const id = context.resumed ? call.id : state.claimId(isCallers ? '' : call.id)
  if (isCallers) return toCallers({ ...call, id }, { name, cut, repaired })
  const tool = name === undefined ? undefined : findTool(name, context)
  const refuse = (code: string, message: string, given: unknown = {}): ResolvedCall => ({
    kind: 'answered',
    call: toCall(id, name ?? safeName(asked), JSON.stringify(given)),
    given,
    repaired,
    result: errorResult(code, message),
  })
  if (!tool) return refuse('unknown_tool', explainUnknown(asked, context))
  if (cut) return refuse('call_cut_off', cutOff)
  const read = readArguments(tool, call.function.arguments, state.limits.argumentCharacters)
  if (!read.ok) return refuse(read.code, strike(tool, read.message, context.memory), read.given)
  context.memory.strikes.delete(tool.name)
  const resolved = {
    call: toCall(id, tool.name, read.text),
    given: read.given,
    repaired: repaired ?? read.repaired,
    tool,
    args: read.args,
    key: keyOf(tool, read.given),
  }
  if (exits.includes(tool)) return { ...resolved, kind: 'exit' }
  const verdict = allowed(tool, read.args, { id, state })
  return typeof verdict === 'string'
    ? { ...resolved, kind: verdict }
    : { ...resolved, kind: 'answered', result: verdict }
}

function findTool(name: string, { tools, exits, memory }: CallContext): Tool | undefined {
  if (memory.withdrawn.has(name)) return undefined
  const isIt = (tool: Tool): boolean => tool.name === name
  return tools.find(isIt) ?? exits.find(isIt)
}

function isOffered(name: string, context: CallContext): boolean {
  return context.callerNames.has(name) || findTool(name, context) !== undefined
}

/** Of all that may be called. */
function namesOf({ tools, exits, memory, callerNames }: CallContext): string[] {
  const ours = [...tools, ...exits].map(({ name }) => name)
  return [...ours.filter((name) => !memory.withdrawn.has(name)), ...callerNames]
}

const cutOff =
  'The reply reached its length limit in the middle of this call, so it was not made. Make it again with shorter arguments.'

function toCall(id: string, name: string, text: string): ToolCall {
  return { id, type: 'function', function: { name, arguments: text } }
}

/** A call for the caller keeps its arguments, but they have to be JSON. */
function toCallers(
  call: ToolCall,
  { name, cut, repaired }: { name: string; cut: boolean; repaired: Repaired | undefined },
): ResolvedCall {
  const json = repairText(call.function.arguments)
  const fixed: ToolCall = { ...call, function: { name, arguments: json ?? '{}' } }
  if (cut || json === undefined) {
    const result = errorResult('call_cut_off', cut ? cutOff : 'The arguments are not valid JSON.')
    return { kind: 'answered', call: fixed, given: {}, result, repaired }
  }
  return { kind: 'caller', call: fixed, given: undefined, repaired }
}

function repairText(text: string): string | undefined {
  if (text.trim() === '') return '{}'
  try {
    JSON.parse(text)
    return text
  } catch {
    return isCutOff(text) ? undefined : repairSyntax(text)
  }
}

function repairSyntax(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(jsonrepair(text)))
  } catch {
    return undefined
  }
}

/** The closest name first, and why a tool that exists cannot be used. */
function explainUnknown(asked: string, context: CallContext): string {
  if (asked === '')
    return 'This call could not be read. Write it again, exactly in the form that was described.'
  const known = context.state.run.tools.find(({ name }) => name === meantName(asked, [name]))
  const available = known?.available()
  if (available?.ok === false)
    return `${asked} cannot be used: ${available.reason} ${available.remedy}`
  const names = byLikeness(asked, namesOf(context))
  const list =
    names.length > 0
      ? `The tools are: ${names.slice(0, 20).join(', ')}.`
      : 'There are no tools: answer without.'
  const shown = asked.slice(0, 100)
  return known
    ? `${shown} is not available any more. ${list}`
    : `There is no tool named ${shown}. ${list}`
}

/** After two failures in a row a tool is given up on. */
function strike(tool: Tool, message: string, { strikes, withdrawn }: LoopMemory): string {
  const count = (strikes.get(tool.name) ?? 0) + 1
  strikes.set(tool.name, count)
  if (count < strikesAllowed) return message
  withdrawn.add(tool.name)
  return `${message} This was the last try: ${tool.name} is not available any more. Go on without it.`
}

function allowed(
  tool: Tool,
  args: unknown,
  { id, state }: { id: string; state: RunState },
): 'run' | 'ask' | ToolResult {
  const { approvals = {} } = state.run.resume ?? {}
  const decision = Object.hasOwn(approvals, id) ? approvals[id] : undefined
  if (decision?.approved) return 'run'
  if (decision) return declined(tool, decision.reason)
  const policy = state.deps.approval(tool, args)
  if (policy === 'deny') {
    return errorResult('denied', `${tool.name} may not be used here. Go on without it.`)
  }
  return policy === 'ask' ? 'ask' : 'run'
}

function declined({ name }: Tool, reason: string | undefined): ToolResult {
  const why = reason ? ` and said why: ${reason}\n` : '. '
  return errorResult(
    'declined',
    `The user declined this call of ${name}${why}Do not make it again: go on without it.`,
  )
}

/** An exit waits for no one: beside calls that do, it is not taken, and has to be made again. */
export function withoutLostExits(calls: readonly ResolvedCall[]): readonly ResolvedCall[] {
  if (!calls.some(({ kind }) => kind === 'ask' || kind === 'caller')) return calls
  return calls.map((resolved): ResolvedCall => {
    if (resolved.kind !== 'exit') return resolved
    const { call, given, repaired } = resolved
    return { kind: 'answered', call, given, repaired, result: tooEarly }
  })
}

const tooEarly = errorResult(
  'too_early',
  'Other calls of this reply had to wait, so this one was not made: make it again if it is still needed.',
)

const warning = 'This is the same call as before, so it was not made again; its result was:\n'

/** Answers calls that were made before from what is known. Several alike in one reply are made once. */
export function withoutRepeats(
  calls: readonly ResolvedCall[],
  { repeats }: LoopMemory,
): ResolvedCall[] {
  const here = new Set<string>()
  return calls.map((resolved) => {
    if (resolved.kind !== 'run') return resolved
    const { call, given, repaired, key } = resolved
    const answer = (result: ToolResult, circling?: boolean): ResolvedCall => ({
      kind: 'answered',
      call,
      given,
      repaired,
      result,
      ...(circling && { circling }),
    })
    if (here.has(key))
      return answer(
        errorResult(
          'duplicate_call',
          'The same call stands in this reply already: see its result.',
        ),
      )
    here.add(key)
    const known = repeats.check(key)
    if (known.kind === 'run') return resolved
    if (known.kind === 'known')
      return answer({ ...known.result, content: warning + known.result.content })
    return answer(
      errorResult('repeated_call', 'This call was made too often and was not made again.'),
      true,
    )
  })
}
