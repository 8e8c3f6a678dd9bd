import type { Config } from '@tandem/config'
import type { Logger } from 'pino'

export interface OperatorOptions {
  config: Pick<Config, 'supervised'>
  logger: Pick<Logger, 'warn'>
  /** To the terminal. */
  print?: ((text: string) => void) | undefined
}

/** Whoever started the server is told: in the log, and on the terminal where our supervisor keeps the log in a file. */
export function warnOperator(
  warning: string,
  fields: Record<string, unknown>,
  { config, logger, print = printToTerminal }: OperatorOptions,
): void {
  logger.warn(fields, warning)
  if (config.supervised) print(`Warning: ${warning}\n`)
}

function printToTerminal(text: string): void {
  process.stderr.write(text)
}
