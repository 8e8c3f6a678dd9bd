import type { FirstAdminMessage } from '@tandem/schemas'
import type { MadeAdmin } from './first-admin.ts'

/**
 * Tells the operator what the first start made up. Under our supervisor by its channel, since it keeps what we write in a
 * log file; else on stderr. Never in the log.
 */
export function announce(made: MadeAdmin): void {
  if (made.password === undefined && made.apiKey === undefined) return
  const text = toText(made)
  const print = (): void => void process.stderr.write(`\n${text}\n\n`)
  const message: FirstAdminMessage = { type: 'first-admin', text, apiKey: made.apiKey ?? null }
  if (process.send && process.connected)
    process.send(message, undefined, undefined, (error) => error && print())
  else print()
}

function toText({ username, password, apiKey }: MadeAdmin): string {
  return [
    'The first administrator was made. This is shown only once:',
    '',
    `  Username  ${username}`,
    `  Password  ${password ?? 'the one in ADMIN_PASSWORD'}`,
    `  API key   ${apiKey ?? 'the one in ADMIN_API_KEY'}`,
  ].join('\n')
}
