/** The command line of `create-user`. */
import { parseArgs } from 'node:util'

export interface Options {
  username?: string | undefined
  admin: boolean
  apiKey: boolean
  help: boolean
}

export const usage = `Usage: pnpm create-user [--username NAME] [--admin] [--api-key] [--help]

Adds a user to the gateway's database (DATA_DIR), also while the servers run. What is not given is asked for; without a
terminal the first line of the standard input is the password:

  echo "$PASSWORD" | pnpm --silent create-user --username ann --api-key

  --username NAME   1 to 64 letters, digits and . _ - @; upper and lower case are the same
  --admin           makes an administrator; the first user always is one
  --api-key         makes an API key for the user and prints it, alone, on the standard output
  --help            prints this

Exit codes:
  0    the user was made
  1    the name is taken, or the database cannot be used
  2    an argument, the password or a setting is not valid
  130  broken off with Ctrl-C
`

/** @throws Error that says what is wrong with the arguments */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      username: { type: 'string', short: 'u' },
      admin: { type: 'boolean', default: false },
      'api-key': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { username, admin, help } = values
  return { username, admin, apiKey: values['api-key'], help }
}
