import type { Deps } from '../deps.ts'
import { checkDefaultModel } from './check-default-model.ts'

/** Told in the log, and on the terminal where our supervisor keeps the log in a file. */
export async function warnOfDefaultModel(
  { config, registry, logger }: Pick<Deps, 'config' | 'registry' | 'logger'>,
  print = (text: string): void => void process.stderr.write(text),
): Promise<void> {
  const warning = await checkDefaultModel(config.defaultModel, registry)
  if (warning === undefined) return
  logger.warn({ defaultModel: config.defaultModel }, warning)
  if (config.supervised) print(`Warning: ${warning}\n`)
}
