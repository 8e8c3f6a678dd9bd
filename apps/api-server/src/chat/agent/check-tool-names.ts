import type { Config } from '@tandem/config'
import type { Tool } from '@tandem/tools'
import type { Logger } from 'pino'

/** Is given each list of tools as it becomes known. */
export type CheckToolNames = (tools: readonly Pick<Tool, 'name'>[]) => void

/**
 * Warns, at the first list, of tools in the settings that nobody knows: a slip in TOOL_APPROVAL would allow what was meant
 * to be asked for. A user's own function may be named there as well and is not in everybody's list, so it is only a warning.
 */
export function createToolNameCheck(
  { toolApproval, toolModels = {} }: Pick<Config, 'toolApproval' | 'toolModels'>,
  logger: Logger,
): CheckToolNames {
  const settings = { TOOL_APPROVAL: toolApproval, TOOL_MODELS: toolModels }
  let checked = false
  return (tools) => {
    if (checked) return
    checked = true
    const known = tools.map(({ name }) => name).toSorted()
    for (const [setting, byTool] of Object.entries(settings)) {
      const unknown = Object.keys(byTool).filter((name) => name !== '*' && !known.includes(name))
      if (unknown.length > 0) logger.warn({ setting, unknown, known }, 'a setting names no tool')
    }
  }
}
