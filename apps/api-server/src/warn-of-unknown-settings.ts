import type { UnknownSetting } from '@tandem/config'
import { warnOperator, type OperatorOptions } from './warn-operator.ts'

/** A misspelt setting changes nothing, which nobody notices. Values are never told: they may be keys. */
export function warnOfUnknownSettings(
  unknown: readonly UnknownSetting[],
  options: OperatorOptions,
): void {
  for (const { name, place, meant } of unknown) {
    const guess = meant ? `did you mean ${meant}?` : '--help lists the settings.'
    const warning = `${name} in ${place} is no setting and changes nothing: ${guess}`
    warnOperator(warning, { setting: name, meant }, options)
  }
}
