import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { ConfigError } from './config-error.ts'
import { hasCode } from './errno.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The variables of `.env` in the folder, overridden by the environment. Empty means not set, so `NAME=` switches one off. */
export function readEnvironment(env: Environment, folder: string): Record<string, string> {
  const merged = { ...readDotenv(join(folder, '.env')), ...env }
  return Object.fromEntries(
    Object.entries(merged)
      .map(([name, value]) => [name, value?.trim() ?? ''] as const)
      .filter(([, value]) => value !== ''),
  )
}

function readDotenv(path: string): Record<string, string> {
  try {
    return parse(readFileSync(path))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {}
    const message = 'cannot be read; make it a file that this user may read, or take it away'
    throw new ConfigError([{ setting: path, message }], { cause: error })
  }
}
