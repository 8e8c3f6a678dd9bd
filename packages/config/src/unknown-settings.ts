import { closest, distance } from 'fastest-levenshtein'
import { type Environment, readDotenv } from './environment.ts'
import { settingNames } from './settings/index.ts'

export interface UnknownSetting {
  name: string
  place: '.env' | 'the environment'
  /** The setting that was most likely meant. */
  meant: string | undefined
}

export interface FindUnknownOptions {
  env?: Environment
  /** Where `.env` is read. */
  cwd?: string
}

/** So many letters may be wrong in a name of the environment, which must be long enough to be no accident. */
const slips = 2
const leastLength = 8
/** Of a name in `.env`, where all names are meant for us. */
const wrongShare = 0.4

/**
 * Variables that change nothing since no setting is called so: all such in `.env`; of the environment, which is full of
 * others' variables, those that are nearly the name of a setting.
 */
export function findUnknownSettings({
  env = process.env,
  cwd = process.cwd(),
}: FindUnknownOptions = {}): UnknownSetting[] {
  const inFile = unknownOf(readDotenv(cwd)).map((name): UnknownSetting => {
    const near = closest(name, settingNames)
    const isMeant = distance(name, near) <= name.length * wrongShare
    return { name, place: '.env', meant: isMeant ? near : undefined }
  })
  const longEnough = unknownOf(env).filter((name) => name.length >= leastLength)
  const around = longEnough.flatMap((name): UnknownSetting[] => {
    const meant = closest(name, settingNames)
    return distance(name, meant) <= slips ? [{ name, place: 'the environment', meant }] : []
  })
  return [...inFile, ...around]
}

function unknownOf(variables: Environment): string[] {
  return Object.keys(variables).filter((name) => !settingNames.includes(name))
}
