import type { Config } from '@tandem/config'
import type { Tool, ToolsClient } from '@tandem/tools'
import type { Logger } from 'pino'
import { warnOperator, type OperatorOptions } from '../../warn-operator.ts'

/** Is given each list of tools as it becomes known. */
export type CheckToolNames = (tools: readonly Pick<Tool, 'name'>[]) => void

/**
 * Warns, at the first list, of tools in the settings that nobody knows: a slip in TOOL_APPROVAL would allow what was meant
 * to be asked for. A user's own function may be named there as well and is not in everybody's list, so it is only a warning.
 */
export function createToolNameCheck(
  config: Pick<Config, 'toolApproval' | 'toolModels' | 'supervised'>,
  logger: Logger,
  print?: OperatorOptions['print'],
): CheckToolNames {
  const { toolApproval, toolModels = {} } = config
  const settings = { TOOL_APPROVAL: toolApproval, TOOL_MODELS: toolModels }
  let checked = false
  return (tools) => {
    if (checked) return
    checked = true
    const known = tools.map(({ name }) => name).toSorted()
    for (const [setting, byTool] of Object.entries(settings)) {
      const unknown = Object.keys(byTool).filter((name) => name !== '*' && !known.includes(name))
      if (unknown.length === 0) continue
      const warning = describe(setting, unknown, known)
      warnOperator(warning, { setting, unknown, known }, { config, logger, print })
    }
  }
}

function describe(setting: string, unknown: readonly string[], known: readonly string[]): string {
  const names = unknown.map((name) => `'${name}'`).join(', ')
  return `${setting} names ${names}, and no tool is called so. The tools are ${known.join(', ')}.`
}

/** At the start, where the tools server is up by then; else the first run tells. */
export async function checkToolNamesEarly({
  toolsServer,
  checkToolNames,
}: {
  toolsServer: Pick<ToolsClient, 'tools'>
  checkToolNames: CheckToolNames
}): Promise<void> {
  const signal = AbortSignal.timeout(5000)
  const tools = await toolsServer.tools({ sub: 'start' }, { signal }).catch(() => undefined)
  if (tools) checkToolNames(tools)
}
