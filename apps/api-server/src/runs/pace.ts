/** Runs of agents that go at once ask their models and call their tools one after the other, not all in one round of the event loop. */
import type { LanguageModel } from '@tandem/providers'
import type { Tool } from '@tandem/tools'

/** Resolves when it is the asking run's turn. */
export type TakeTurn = () => Promise<void>

/** The same model, asked when it is its turn. */
export function paceModel(model: LanguageModel, takeTurn: TakeTurn): LanguageModel {
  return {
    ...model,
    async *stream(request, options) {
      await takeTurn()
      yield* model.stream(request, options)
    },
  }
}

/** The same tool, called when it is its turn. */
export function paceTool(tool: Tool, takeTurn: TakeTurn): Tool {
  return {
    ...tool,
    async *run(args, context, options) {
      await takeTurn()
      return yield* tool.run(args, context, options)
    },
  }
}
