/** TOOL_MODELS: which model does the work of a tool. */
import type { LanguageModel } from '@tandem/providers'
import type { Deps } from '../../deps.ts'
import type { Turn, TurnOptions } from '../turn.ts'
import { prepareModel } from './prepare-model.ts'

export type ToolModelNames = Readonly<Record<string, string>>

/** The name that is set for a tool; `*` is all others. */
export function toolModelName(names: ToolModelNames, tool: string): string | undefined {
  return Object.hasOwn(names, tool) ? names[tool] : names['*']
}

/**
 * The models themselves, found before the run begins. One that cannot be found is told to the log and left out: the run's
 * own model can do its work.
 */
export async function findToolModels(
  turn: Turn,
  deps: Deps,
  options: TurnOptions,
): Promise<(tool: string | undefined) => LanguageModel | undefined> {
  const names = deps.config.toolModels ?? {}
  const models = new Map<string, LanguageModel>()
  for (const name of new Set(Object.values(names))) {
    try {
      models.set(name, prepareModel(await deps.registry.resolve(name, options), turn, deps))
    } catch (err) {
      options.signal.throwIfAborted()
      deps.logger.warn({ err, model: name }, 'a model of TOOL_MODELS cannot be used')
    }
  }
  return (tool) => {
    const name = tool === undefined ? undefined : toolModelName(names, tool)
    return name === undefined ? undefined : models.get(name)
  }
}
