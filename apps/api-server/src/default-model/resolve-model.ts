import type { LanguageModel } from '@tandem/providers'
import type { Deps } from '../deps.ts'
import type { TurnOptions } from '../chat/turn.ts'
import { nameDefault, withDefaultNamed } from './name-default.ts'

/** @throws AppError `model_not_found`, which says so where it was not the caller who named it */
export async function resolveModel(
  { model: name, isDefault }: { model: string; isDefault?: boolean },
  { registry }: Pick<Deps, 'registry'>,
  options: Pick<TurnOptions, 'signal'>,
): Promise<LanguageModel> {
  if (!isDefault) return registry.resolve(name, options)
  try {
    return withDefaultNamed(await registry.resolve(name, options), name)
  } catch (error) {
    throw nameDefault(error, name)
  }
}
