/** A caller who named no model reads of one that does not exist: the error says whose word that was. */
import type { LanguageModel } from '@tandem/providers'
import { AppError, asSentence, changeError } from '@tandem/schemas'

/** The same model, whose absence is told as the operator's. */
export function withDefaultNamed(model: LanguageModel, name: string): LanguageModel {
  const { relay } = model
  return {
    ...model,
    async *stream(request, options) {
      try {
        yield* model.stream(request, options)
      } catch (error) {
        throw nameDefault(error, name)
      }
    },
    ...(relay && {
      relay: async (request, options) => {
        try {
          return await relay(request, options)
        } catch (error) {
          throw nameDefault(error, name)
        }
      },
    }),
  }
}

export function nameDefault(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== 'model_not_found') return thrown
  const whose = `The request names no model, so it went to the server's default, '${name.slice(0, 200)}' (DEFAULT_MODEL).`
  const message = `${asSentence(thrown.message)} ${whose}`
  return changeError(thrown, { message, cause: thrown, param: 'model' })
}
