import type { z } from 'zod'
import {
  parseInput,
  toolDescriptionSchema,
  type ToolAvailability,
  type ToolProgress,
  type ToolResult,
  type ToolTraits,
} from '@tandem/schemas'
import { refuseUnknown, toParameters } from './arguments.ts'
import type { Tool, ToolContext } from './types.ts'

export interface ToolDefinition<Schema extends z.ZodObject> {
  name: string
  description: string
  /** `describe()` its fields: models read that. Keys that it does not name are refused. */
  schema: Schema
  traits: ToolTraits
  /** Always available where it is left out. */
  available?: () => ToolAvailability
  /** Where it depends on whose it is, too. */
  availableTo?: (owner: string) => Promise<ToolAvailability>
  /** A generator where there is progress to tell; a plain or async function where there is none. */
  run(
    args: z.output<Schema>,
    context: ToolContext,
    options: { signal: AbortSignal },
  ): AsyncGenerator<ToolProgress, ToolResult> | Promise<ToolResult> | ToolResult
}

/**
 * A tool from one zod schema: `parameters` and `parse` both come from it and cannot disagree.
 * @throws AppError `invalid_request` when the name is not `^[a-z][a-z0-9_]{0,63}$`.
 */
export function defineTool<Schema extends z.ZodObject>(
  definition: ToolDefinition<Schema>,
): Tool<z.output<Schema>> {
  const { name, description, schema, traits, available = alwaysAvailable, availableTo } = definition
  parseInput(toolDescriptionSchema.pick({ name: true }), { name })
  const strict = refuseUnknown(schema)
  return {
    name,
    description,
    parameters: toParameters(schema),
    traits,
    available,
    ...(availableTo && { availableTo }),
    parse: (input) => parseInput(strict, input),
    async *run(args, context, options) {
      const running = definition.run(args, context, options)
      return isGenerator(running) ? yield* running : await running
    },
  }
}

const alwaysAvailable = (): ToolAvailability => ({ ok: true })

function isGenerator(
  running: AsyncGenerator<ToolProgress, ToolResult> | Promise<ToolResult> | ToolResult,
): running is AsyncGenerator<ToolProgress, ToolResult> {
  return Symbol.asyncIterator in running
}
