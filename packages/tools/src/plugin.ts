import type { z } from 'zod'
import type { ToolAvailability, ToolTraits } from '@tandem/schemas'
import type { defineTool } from './define-tool.ts'
import type { errorResult, textResult } from './result.ts'
import type { JsonSchema, ToolContext } from './types.ts'

/** What a plugin's `createTools` is given, so that a plugin needs to import nothing. */
export interface PluginKit {
  defineTool: typeof defineTool
  textResult: typeof textResult
  errorResult: typeof errorResult
  z: typeof z
}

/** A tool in the short form that plugins may export; without traits it may change things and has 30 s. */
export interface PluginTool {
  /** `^[a-z][a-z0-9_]{0,63}$` */
  name: string
  description: string
  /** A JSON Schema of an object; none means no arguments. */
  parameters?: JsonSchema
  traits?: Partial<ToolTraits>
  available?: () => ToolAvailability
  /** Gives a text, any value that JSON holds, or a whole `ToolResult`. What it throws is a failed call. */
  run(
    args: Record<string, unknown>,
    context: ToolContext,
    options: { signal: AbortSignal },
  ): unknown
}
