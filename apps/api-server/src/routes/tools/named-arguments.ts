/** `args` and `kwargs`, as Python calls a function, as the one object that tools take. */
import { AppError } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'

export interface CallArguments {
  arguments?: Record<string, unknown> | null | undefined
  args?: unknown[] | Record<string, unknown> | null | undefined
  kwargs?: Record<string, unknown> | null | undefined
}

/** @throws AppError `invalid_request` where they contradict each other, or are more than the tool takes */
export function toNamedArguments(tool: Tool, call: CallArguments): Record<string, unknown> {
  const { args, kwargs } = call
  if (call.arguments) {
    if (args || kwargs) throw bad('arguments', "send either 'arguments' or 'args' and 'kwargs'")
    return call.arguments
  }
  const named = Array.isArray(args) ? fromPositions(tool, args) : Object.entries(args ?? {})
  const twice = named.find(([name]) => kwargs && Object.hasOwn(kwargs, name))
  if (twice) throw bad('kwargs', `'${twice[0]}' is given by 'args' already`)
  return { ...Object.fromEntries(named), ...kwargs }
}

/** In the order in which `GET /tools` tells the parameters. */
function fromPositions(tool: Tool, args: readonly unknown[]): [string, unknown][] {
  const names = Object.keys((tool.parameters['properties'] as object | undefined) ?? {})
  if (args.length > names.length) {
    throw bad('args', `${tool.name} takes ${names.length} arguments: ${names.join(', ')}`)
  }
  return names.slice(0, args.length).map((name, at) => [name, args[at]])
}

function bad(param: string, why: string): AppError {
  return new AppError('invalid_request', { message: `Invalid '${param}': ${why}.`, param })
}
