import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { hasCode } from './errno.ts'

const random = z.string().min(32)
const secretsSchema = z.object({ serviceSecret: random, jwtSecretKey: random })

export type Secrets = z.infer<typeof secretsSchema>
export type SecretName = keyof Secrets

export interface LoadSecretsOptions<Name extends SecretName> {
  dataDir: string
  /** Those that the environment gives; a Config will do. They win over the file. */
  given: Partial<Record<SecretName, string | undefined>>
  /** Only these are handed out: a server reads no secret that it does not need. */
  names: readonly Name[]
}

export function secretsPath(dataDir: string): string {
  return join(dataDir, 'secrets.json')
}

/**
 * The secrets of this installation, made at its first start. Two servers that start at once get the same ones. A file that
 * cannot be trusted is never overwritten, since that would lock users out: it throws a ConfigError with the remedy.
 */
export function loadSecrets<Name extends SecretName>({
  dataDir,
  given,
  names,
}: LoadSecretsOptions<Name>): Pick<Secrets, Name> {
  const isComplete = names.every((name) => given[name] !== undefined)
  const stored = isComplete ? undefined : readOrCreate(secretsPath(dataDir), dataDir)
  return Object.fromEntries(names.map((name) => [name, given[name] ?? stored?.[name]])) as Pick<
    Secrets,
    Name
  >
}

function readOrCreate(path: string, folder: string): Secrets {
  try {
    return readSecrets(path) ?? createSecrets(path, folder)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw unusable(
      path,
      `cannot be read or made; check that this user may write to ${folder}`,
      error,
    )
  }
}

function readSecrets(path: string): Secrets | undefined {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode
  if (mode === undefined) return undefined
  // Windows has no such bits: everything looks readable by all there.
  if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw unusable(path, `others on this machine can read it; run: chmod 600 ${path}`)
  }
  const parsed = secretsSchema.safeParse(parseJson(readFileSync(path, 'utf8')))
  if (parsed.success) return parsed.data
  throw unusable(
    path,
    'is damaged or incomplete; restore it from a backup, or move it away to have new secrets made (keys and logins then change)',
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Linking is atomic and never overwrites, so whoever comes second reads the first one's file, and reads it whole. */
function createSecrets(path: string, folder: string): Secrets {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(draft, `${JSON.stringify(makeSecrets(), null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const secrets = readSecrets(path)
  if (secrets === undefined) throw unusable(path, 'vanished while it was made; start again')
  return secrets
}

function makeSecrets(): Secrets {
  return { serviceSecret: randomSecret(), jwtSecretKey: randomSecret() }
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}

function unusable(path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ setting: path, message }], { cause })
}
