import type { Tool } from '@tandem/tools'

/** Tools that are told which files came with the conversation. */
export function giveToTools(tools: Tool[], fileIds: readonly string[]): Tool[] {
  if (fileIds.length === 0) return tools
  return tools.map((tool) => ({
    ...tool,
    run: (args, context, options) => tool.run(args, { ...context, attachments: fileIds }, options),
  }))
}
