import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { ConfigError } from './config-error.ts'
import { hasCode } from './errno.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables of `.env` in the folder, overridden by the environment. Empty means not set, so `NAME=` switches one off.
 * @throws ConfigError where one of `notEmpty` is there, but empty.
 */
export function readEnvironment(
  env: Environment,
  folder: string,
  notEmpty: readonly string[] = [],
): Record<string, string> {
  const merged = { ...readDotenv(folder), ...env }
  const empty = notEmpty.filter((name) => merged[name]?.trim() === '')
  if (empty.length > 0) {
    const message =
      'is empty; make a value with: openssl rand -hex 32, or take the variable away to have one made'
    throw new ConfigError(empty.map((setting) => ({ setting, message })))
  }
  return Object.fromEntries(
    Object.entries(merged)
      .map(([name, value]) => [name, value?.trim() ?? ''] as const)
      .filter(([, value]) => value !== ''),
  )
}

/** The variables of `.env` in the folder; none where there is no such file. @throws ConfigError where it cannot be read */
export function readDotenv(folder: string): Record<string, string> {
  const path = join(folder, '.env')
  try {
    return parse(readFileSync(path))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {}
    const message = 'cannot be read; make it a file that this user may read, or take it away'
    throw new ConfigError([{ setting: path, message }], { cause: error })
  }
}
