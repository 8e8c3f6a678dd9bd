/** Questions at a terminal. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

export interface Terminal {
  input: NodeJS.ReadStream
  messages: NodeJS.WritableStream
}

/** Ctrl-C, or the end of the input, in the middle of a question. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff'
}

/** The answer's line. @throws BrokenOff */
export function ask(question: string, terminal: Terminal): Promise<string> {
  return askOn(question, terminal, terminal.messages)
}

/** The same, with nothing of the answer on the screen. @throws BrokenOff */
export async function askHidden(question: string, terminal: Terminal): Promise<string> {
  terminal.messages.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    return await askOn('', terminal, nowhere)
  } finally {
    terminal.messages.write('\n')
  }
}

export async function askYesNo(question: string, terminal: Terminal): Promise<boolean> {
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `, terminal)).trim())
}

function askOn(
  question: string,
  { input }: Terminal,
  output: NodeJS.WritableStream,
): Promise<string> {
  const lines = createInterface({ input, output, terminal: true, historySize: 0 })
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => reject(new BrokenOff()))
    lines.once('close', () => reject(new BrokenOff()))
    lines.question(question, resolve)
  }).finally(() => lines.close()) as Promise<string>
}

/** The first line of what is piped in, without its end; no more is read than any password is long. */
export async function readFirstLine(input: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  input.setEncoding('utf8')
  for await (const chunk of input) {
    text += String(chunk)
    if (text.includes('\n') || text.length > 4096) break
  }
  return (text.split('\n')[0] ?? '').replace(/\r$/, '')
}
