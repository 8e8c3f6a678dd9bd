import type { Config, UnknownSetting } from '@tandem/config'
import type { Logger } from 'pino'

/**
 * A misspelt setting changes nothing, which nobody notices. Told in the log, and on the terminal where our supervisor keeps
 * the log in a file. Values are never told: they may be keys.
 */
export function warnOfUnknownSettings(
  unknown: readonly UnknownSetting[],
  { config, logger }: { config: Pick<Config, 'supervised'>; logger: Pick<Logger, 'warn'> },
  print = (text: string): void => void process.stderr.write(text),
): void {
  for (const { name, place, meant } of unknown) {
    const guess = meant ? `did you mean ${meant}?` : '--help lists the settings.'
    const warning = `${name} in ${place} is no setting and changes nothing: ${guess}`
    logger.warn({ setting: name, meant }, warning)
    if (config.supervised) print(`Warning: ${warning}\n`)
  }
}
