/** What the user sees. Both write whole lines. */
export interface Terminal {
  say(text: string): void
  complain(text: string): void
}

/** A terminal that went away must not take the servers with it, so failed writes are let go. */
export function createTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  return {
    say: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
  }
}
