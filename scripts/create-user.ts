/** Adds a user, also while the servers run: `pnpm create-user`. */
import { join } from 'node:path'
import { createUser } from './users/create-user.ts'

process.exitCode = await createUser(process.argv.slice(2), {
  root: join(import.meta.dirname, '..'),
  env: process.env,
  input: process.stdin,
  output: process.stdout,
  messages: process.stderr,
})
// A standard input that was not read to its end would keep the process.
process.stdin.destroy()
