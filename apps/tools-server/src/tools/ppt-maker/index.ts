import type { ToolProgress, ToolResult } from '@tandem/schemas'
import { defineTool, type Tool } from '@tandem/tools'
import type { ToolDeps } from '../tool-deps.ts'
import { argumentsSchema, toRequest } from './arguments.ts'
import { toResult } from './present.ts'

/** A little less than the token lives with which models are asked. */
const timeoutMs = 580_000

export function createPptMaker({ describe, slides }: ToolDeps): Tool {
  const tool = defineTool({
    name: 'ppt_maker',
    description: describe('ppt_maker'),
    schema: argumentsSchema,
    traits: { readOnly: false, parallelSafe: true, idempotent: false, timeoutMs },
    async *run(
      args,
      { owner, sessionId, models },
      options,
    ): AsyncGenerator<ToolProgress, ToolResult> {
      const caller = { owner, sessionId, models }
      return toResult(yield* slides.make(toRequest(args), caller, options))
    },
  })
  return {
    ...tool,
    // What is wrong with a deck is told before anything runs.
    parse(input) {
      const args = tool.parse(input)
      toRequest(args)
      return args
    },
  }
}
