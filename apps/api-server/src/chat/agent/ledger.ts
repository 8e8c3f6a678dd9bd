import { addUsage, estimateUsage, sizeOf } from '@tandem/agents'
import type { CallOptions, LanguageModel, ModelEvent, ModelRequest } from '@tandem/providers'
import type { Usage } from '@tandem/schemas'

/** What the model calls of one run have cost, at any time: a client that leaves does not wait for the run's own sum. */
export interface Ledger {
  /** The same model, whose calls are counted. */
  watch(model: LanguageModel): LanguageModel
  calls(): number
  /** Of the calls so far; one that goes on is estimated by what has come of it. Undefined where none cost anything. */
  usage(): Usage | undefined
}

interface Call {
  request: ModelRequest
  characters: number
  told?: Usage | undefined
}

export function createLedger(): Ledger {
  const going = new Set<Call>()
  let calls = 0
  let spent: Usage | undefined

  async function* stream(
    model: LanguageModel,
    request: ModelRequest,
    options: CallOptions,
  ): AsyncGenerator<ModelEvent> {
    const call: Call = { request, characters: 0 }
    let isRefused = false
    calls += 1
    going.add(call)
    try {
      for await (const event of model.stream(request, options)) {
        call.characters += sizeOf(event)
        if (event.type === 'finish') call.told = event.usage
        yield event
      }
    } catch (error) {
      isRefused = call.characters === 0 && !options.signal.aborted
      throw error
    } finally {
      going.delete(call)
      if (!isRefused) spent = add(spent, call)
    }
  }
  return {
    watch: (model) => ({
      ...model,
      stream: (request, options) => stream(model, request, options),
    }),
    calls: () => calls,
    usage: () => [...going].reduce(add, spent),
  }
}

function add(sum: Usage | undefined, { told, request, characters }: Call): Usage {
  const usage = told ?? estimateUsage(request, characters)
  return sum ? addUsage(sum, usage) : usage
}
