import type { Config } from '@tandem/config'
import type { Tool, ToolsClient } from '@tandem/tools'
import type { Logger } from 'pino'

/** Is given each list of tools as it becomes known. */
export type CheckToolNames = (tools: readonly Pick<Tool, 'name'>[]) => void

/**
 * Warns, at the first list, of tools in the settings that nobody knows: a slip in TOOL_APPROVAL would allow what was meant
 * to be asked for. A user's own function may be named there as well and is not in everybody's list, so it is only a warning.
 * Told in the log, and on the terminal where our supervisor keeps the log in a file.
 */
export function createToolNameCheck(
  {
    toolApproval,
    toolModels = {},
    supervised,
  }: Pick<Config, 'toolApproval' | 'toolModels' | 'supervised'>,
  logger: Logger,
  print = (text: string): void => void process.stderr.write(text),
): CheckToolNames {
  const settings = { TOOL_APPROVAL: toolApproval, TOOL_MODELS: toolModels }
  let checked = false
  return (tools) => {
    if (checked) return
    checked = true
    const known = tools.map(({ name }) => name).toSorted()
    for (const [setting, byTool] of Object.entries(settings)) {
      const unknown = Object.keys(byTool).filter((name) => name !== '*' && !known.includes(name))
      if (unknown.length === 0) continue
      logger.warn({ setting, unknown, known }, 'a setting names no tool')
      if (supervised) print(`Warning: ${describe(setting, unknown, known)}\n`)
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
