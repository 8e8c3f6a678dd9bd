/** All tools that a caller has: built in, the operator's plugins, and the caller's own functions, in this order. */
import type { PluginError, ToolDescription, ToolList } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import type { FunctionStore } from './functions/function-store.ts'
import type { Plugins } from './plugins/plugin-folder.ts'

export interface Toolbox {
  find(owner: string, name: string): Promise<Tool | undefined>
  list(owner: string): Promise<ToolList>
  /** The plugins that could not be loaded. */
  errors(): readonly PluginError[]
}

export interface ToolboxParts {
  builtin: ReadonlyMap<string, Tool>
  plugins: Plugins
  functions: FunctionStore
}

export function createToolbox({ builtin, plugins, functions }: ToolboxParts): Toolbox {
  const findShared = (name: string): Tool | undefined => builtin.get(name) ?? plugins.find(name)
  return {
    find: async (owner, name) => findShared(name) ?? functions.tool(owner, name),
    async list(owner) {
      const custom = (await functions.tools(owner)).filter(({ name }) => !findShared(name))
      const ours = [...builtin.values()].map(async (tool) => {
        const available = await tool.availableTo?.(owner)
        return { ...toDescription(tool, 'builtin'), ...(available && { available }) }
      })
      const tools = [
        ...(await Promise.all(ours)),
        ...plugins.tools().map((tool) => toDescription(tool, 'plugin')),
        ...custom.map((tool) => toDescription(tool, 'custom')),
      ]
      return { tools, errors: [...plugins.errors()] }
    },
    errors: () => plugins.errors(),
  }
}

function toDescription(tool: Tool, source: ToolDescription['source']): ToolDescription {
  const { name, description, parameters, traits } = tool
  return { name, description, parameters, traits, source, available: tool.available() }
}
