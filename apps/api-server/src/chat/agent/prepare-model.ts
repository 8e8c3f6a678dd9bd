import { withRetry, type LanguageModel } from '@tandem/providers'
import type { Deps } from '../../deps.ts'
import type { Turn } from '../turn.ts'

/** A model as agents use it: logged where that is on, asked again after failures that may pass. */
export function prepareModel(
  model: LanguageModel,
  turn: Turn,
  { promptLog }: Pick<Deps, 'promptLog'>,
): LanguageModel {
  return withRetry(promptLog?.wrap(model, turn) ?? model)
}
