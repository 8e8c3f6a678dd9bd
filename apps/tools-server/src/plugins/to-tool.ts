/** What a plugin exports, as tools. */
import { z } from 'zod'
import {
  parseInput,
  toolAvailabilitySchema,
  toolDescriptionSchema,
  toolResultSchema,
  type ToolAvailability,
  type ToolProgress,
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
  const plugin = exported as PluginTool & Partial<Pick<Tool, 'parse'>>
  const { name, description, parameters = noParameters, traits } = plugin
  const schema = fromParameters(parameters)
  return {
    name,
    description,
    parameters,
    traits: { ...defaultTraits, ...traits },
    available: () => toAvailability(plugin),
    parse: (input) => (plugin.parse ? plugin.parse(input) : parseInput(schema, input ?? {})),
    async *run(args, context, options) {
      const running = plugin.run(args as Record<string, unknown>, context, options)
      return toResult(isGenerator(running) ? yield* running : await running)
    },
  }
}

const isMute: ToolAvailability = {
  ok: false,
  reason: 'The plugin does not say whether it is available.',
  remedy: 'Mend its available().',
}

/** One plugin that throws here, or says something else, must not keep all tools from being listed. */
function toAvailability(plugin: PluginTool): ToolAvailability {
  try {
    const said = toolAvailabilitySchema.safeParse(plugin.available?.() ?? { ok: true })
    return said.data ?? isMute
  } catch {
    return isMute
  }
}

function isGenerator(running: unknown): running is AsyncGenerator<ToolProgress, unknown> {
  return typeof running === 'object' && running !== null && Symbol.asyncIterator in running
}

function toResult(value: unknown): ToolResult {
  const whole = toolResultSchema.safeParse(value)
  if (whole.success) return textResult(whole.data.content, whole.data)
  if (typeof value === 'string') return textResult(value)
  return textResult(JSON.stringify(value ?? null), { data: value ?? null })
}
