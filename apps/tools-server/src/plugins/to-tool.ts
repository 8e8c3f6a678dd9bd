/** What a plugin exports, as tools. */
import { z } from 'zod'
import {
  parseInput,
  toolDescriptionSchema,
  toolResultSchema,
  type ToolResult,
} from '@tandem/schemas'
import { fromParameters, textResult, type PluginTool, type Tool } from '@tandem/tools'

const defaultTraits = { readOnly: false, parallelSafe: false, idempotent: false, timeoutMs: 30_000 }
const noParameters = { type: 'object', properties: {}, additionalProperties: false }

const isFunction = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
)
const pluginToolSchema = z.looseObject({
  name: toolDescriptionSchema.shape.name,
  description: z.string().min(1),
  parameters: z.looseObject({ type: z.literal('object') }).optional(),
  traits: toolDescriptionSchema.shape.traits.partial().optional(),
  available: isFunction.optional(),
  parse: isFunction.optional(),
  run: isFunction,
})

/** @throws AppError `invalid_request` that says what is wrong with it */
export function toTool(exported: unknown): Tool {
  parseInput(pluginToolSchema, exported)
  // A tool that `defineTool` made can parse; one in the short form leaves that to its parameters.
  const whole = exported as Tool
  return typeof whole.parse === 'function' ? whole : fromShortForm(exported as PluginTool)
}

function fromShortForm(plugin: PluginTool): Tool {
  const { name, description, parameters = noParameters, traits } = plugin
  const schema = fromParameters(parameters)
  return {
    name,
    description,
    parameters,
    traits: { ...defaultTraits, ...traits },
    available: () => plugin.available?.() ?? { ok: true },
    parse: (input) => parseInput(schema, input ?? {}),
    // oxlint-disable-next-line require-yield -- the short form tells no progress
    async *run(args, context, options) {
      return toResult(await plugin.run(args as Record<string, unknown>, context, options))
    },
  }
}

function toResult(value: unknown): ToolResult {
  const whole = toolResultSchema.safeParse(value)
  if (whole.success) return textResult(whole.data.content, whole.data)
  if (typeof value === 'string') return textResult(value)
  return textResult(JSON.stringify(value ?? null), { data: value ?? null })
}
