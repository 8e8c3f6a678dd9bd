/** All of `create-user` but the process: what is asked, what is made, what is said. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import bcrypt from 'bcrypt'
import { ConfigError, loadConfig } from '@tandem/config'
import { makeApiKey, openAppDb, type AppDb, type User } from '@tandem/db'
import { AppError, newPasswordSchema, passwordHashCost, usernameSchema } from '@tandem/schemas'
import { ask, askHidden, askYesNo, BrokenOff, readFirstLine, type Terminal } from './ask.ts'
import { parseOptions, usage, type Options } from './options.ts'

export interface CreateUserContext extends Terminal {
  /** Where `.env` is, and what relative folders are relative to. */
  root: string
  env: NodeJS.ProcessEnv
  /** Gets the key alone, so that a script can take it. */
  output: NodeJS.WritableStream
}

interface Wanted {
  username: string
  password: string
  admin: boolean
  apiKey: boolean
}

/** An argument or an answer that cannot be used. */
class BadInput extends Error {
  override readonly name = 'BadInput'
}

/** Gives the exit code; everything that goes wrong is one line. */
export async function createUser(
  args: readonly string[],
  context: CreateUserContext,
): Promise<number> {
  const complain = (message: string): void =>
    void context.messages.write(`create-user: ${message}\n`)
  try {
    const options = readOptions(args)
    if (options.help) {
      context.output.write(usage)
      return 0
    }
    return await addUser(options, context)
  } catch (error) {
    if (error instanceof BrokenOff) return 130
    const isClear = [BadInput, ConfigError, AppError].some((kind) => error instanceof kind)
    if (!isClear) throw error
    complain(messageOf(error))
    return error instanceof BadInput || error instanceof ConfigError ? 2 : 1
  }
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | null)?.message ?? error)
}

function readOptions(args: readonly string[]): Options {
  try {
    return parseOptions(args)
  } catch (error) {
    const [what = ''] = messageOf(error).split('. ')
    throw new BadInput(`${what}; --help tells what there is`)
  }
}

async function addUser(options: Options, context: CreateUserContext): Promise<number> {
  const config = loadConfig({ env: context.env, cwd: context.root })
  const wanted = context.input.isTTY
    ? await askWanted(options, context)
    : await readWanted(options, context)
  const path = join(config.dataDir, 'app.db')
  const isNew = !existsSync(path)
  const db = await openDb(path)
  try {
    const user = await insertUser(db, wanted)
    if (!user) throw new AppError('username_taken')
    const role = user.role === 'admin' ? 'administrator' : 'user'
    context.messages.write(`Made the ${role} ${user.username}.\n`)
    if (isNew)
      context.messages.write(
        `There was no database in ${config.dataDir} yet, so it is new; a server with another DATA_DIR does not know this user.\n`,
      )
    if (wanted.apiKey) await printKey(db, user, context)
    return 0
  } finally {
    await db.close()
  }
}

async function openDb(path: string): Promise<AppDb> {
  try {
    return await openAppDb({ path })
  } catch (cause) {
    const why = cause instanceof AppError && cause.cause !== undefined ? cause.cause : cause
    const message = `the database ${path} cannot be opened; check DATA_DIR (${messageOf(why)})`
    throw new AppError('storage_unavailable', { message, cause })
  }
}

/** The first user of all is an administrator, for nobody else could make one. */
async function insertUser(db: AppDb, { username, password, admin }: Wanted) {
  const passwordHash = await bcrypt.hash(password, passwordHashCost)
  const first = await db.users.createFirstAdmin({ username, passwordHash })
  return first?.user ?? db.users.create({ username, passwordHash, role: admin ? 'admin' : 'user' })
}

async function printKey(db: AppDb, user: User, context: CreateUserContext): Promise<void> {
  const { key, hash, prefix } = makeApiKey()
  await db.apiKeys.create(user.id, { name: 'create-user', hash, prefix })
  context.messages.write('The API key, shown only this once:\n')
  context.output.write(`${key}\n`)
}

/** Flags alone mean a plain answer to all that is not asked; without any, everything is asked. */
async function askWanted(options: Options, terminal: Terminal): Promise<Wanted> {
  const username = options.username ?? (await ask('Username: ', terminal))
  checkUsername(username)
  const password = await askHidden('Password (not shown): ', terminal)
  checkPassword(password)
  if ((await askHidden('Password again: ', terminal)) !== password)
    throw new BadInput('the passwords are not the same')
  if (options.username !== undefined) return { ...options, username, password }
  const admin = options.admin || (await askYesNo('Administrator?', terminal))
  const apiKey = options.apiKey || (await askYesNo('Make an API key?', terminal))
  return { username, password, admin, apiKey }
}

async function readWanted(options: Options, { input }: Terminal): Promise<Wanted> {
  const { username } = options
  if (username === undefined)
    throw new BadInput('without a terminal --username is needed; --help tells more')
  checkUsername(username)
  const password = await readFirstLine(input)
  if (password === '')
    throw new BadInput('without a terminal the password is read from the standard input')
  checkPassword(password)
  return { ...options, username, password }
}

function checkUsername(username: string): void {
  const parsed = usernameSchema.safeParse(username)
  if (!parsed.success)
    throw new BadInput(`the username is not valid: ${parsed.error.issues[0]?.message}`)
}

function checkPassword(password: string): void {
  const parsed = newPasswordSchema.safeParse(password)
  if (!parsed.success)
    throw new BadInput(`the password is not valid: ${parsed.error.issues[0]?.message}`)
}
