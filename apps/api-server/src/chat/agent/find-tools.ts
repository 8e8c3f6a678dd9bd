import { AppError, toAppError, type ServiceClaims } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import type { Deps } from '../../deps.ts'
import type { Turn } from '../turn.ts'
import type { Verdict } from './approval-policy.ts'

export interface ToolsQuery {
  turn: Turn
  claims: ServiceClaims
  policy: (tool: string) => Verdict
  /** Tools that the request has a rule for. */
  ruled: readonly string[]
  signal: AbortSignal
  /** A run that was told to make its calls cannot do without them. */
  required: boolean
}

/**
 * The tools server's tools that this turn may use. Where it is down there are none, unless they are required.
 * @throws AppError `invalid_request` for a wanted one that cannot be used, and for a rule for one that there is not
 */
export async function findTools(
  deps: Pick<Deps, 'toolsServer' | 'logger' | 'checkToolNames'>,
  { turn, claims, policy, ruled, signal, required }: ToolsQuery,
): Promise<Tool[]> {
  const wanted = turn.availableTools
  if (wanted?.length === 0) return []
  let tools: Tool[]
  try {
    tools = await deps.toolsServer.tools(claims, { signal })
  } catch (error) {
    if (required || toAppError(error).code !== 'tools_unavailable') throw error
    deps.logger.warn({ requestId: turn.requestId, err: error }, 'the agent has no tools')
    return []
  }
  deps.checkToolNames(tools)
  assertKnown(ruled, tools)
  const usable = tools
    .map((tool) => (wanted?.includes(tool.name) ? asWanted(tool) : tool))
    .filter(({ name, available }) => available().ok && policy(name) !== 'deny')
  for (const name of wanted ?? []) assertUsable(name, { tools, usable })
  return usable.filter(({ name }) => wanted?.includes(name) ?? true)
}

/** What the caller can mend is no fault of a request that names it: the call says how. */
function asWanted(tool: Tool): Tool {
  const availability = tool.available()
  if (availability.ok || !availability.callable) return tool
  return { ...tool, available: () => ({ ok: true }) }
}

/** A slip in a rule would allow what the caller meant to forbid. */
function assertKnown(ruled: readonly string[], tools: readonly Tool[]): void {
  const names = tools.map(({ name }) => name)
  const unknown = ruled.find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw new AppError('invalid_request', {
    message: `Invalid 'x_agent.approval': There is no tool '${unknown.slice(0, 64)}'. Tools: ${names.join(', ')}.`,
    param: 'x_agent.approval',
  })
}

function assertUsable(
  name: string,
  { tools, usable }: { tools: readonly Tool[]; usable: readonly Tool[] },
): void {
  if (usable.some((tool) => tool.name === name)) return
  const known = usable.map((tool) => tool.name).join(', ')
  throw new AppError('invalid_request', {
    message: `Invalid 'available_tools': ${whyNot(name, tools)} Tools that can be used: ${known}.`,
    param: 'available_tools',
  })
}

function whyNot(name: string, tools: readonly Tool[]): string {
  const availability = tools.find((tool) => tool.name === name)?.available()
  if (!availability) return `There is no tool '${name.slice(0, 64)}'.`
  if (availability.ok) return `Agents may not use the tool '${name}' here.`
  return `The tool '${name}' cannot be used: ${availability.reason} ${availability.remedy}`
}
