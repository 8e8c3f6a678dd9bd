import type { Deps } from '../deps.ts'
import { warnOperator, type OperatorOptions } from '../warn-operator.ts'
import { checkDefaultModel } from './check-default-model.ts'

/** Told where no provider lists it. */
export async function warnOfDefaultModel(
  { config, registry, logger }: Pick<Deps, 'config' | 'registry' | 'logger'>,
  print?: OperatorOptions['print'],
): Promise<void> {
  const { defaultModel } = config
  const warning = await checkDefaultModel(defaultModel, registry)
  if (warning !== undefined) warnOperator(warning, { defaultModel }, { config, logger, print })
}
