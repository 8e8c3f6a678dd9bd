import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toFontsConf } from './fonts-conf.ts'

export interface ConvertOptions {
  /** LibreOffice, by its name or path. */
  command: string
  timeoutMs: number
}

/** Where programs lie. */
export const programs = '/usr/local/bin:/usr/bin:/bin'

/** Of the processor, in seconds; and of one file that it writes, in blocks of 512 bytes (256 MiB). */
const limits = { cpu: 120, fileBlocks: 524_288 }

/**
 * Runs the program that it is given, within the limits, beside one that waits for the pipe to the server to close: then it
 * ends the group, so that not even a `kill -9` of the server leaves anything behind. The pipe is put where the shell does
 * not replace it, as it does with the input of what runs beside it.
 */
const script = [
  `ulimit -t ${limits.cpu} -f ${limits.fileBlocks}`,
  'exec 3<&0 </dev/null',
  '{ read -r closed <&3; kill -KILL 0; } &',
  'exec "$0" "$@" 3<&-',
].join('\n')

/**
 * A PDF of a presentation by LibreOffice, which runs in a folder of its own that is gone afterwards: its settings, its
 * fonts, none of the server’s environment.
 * @throws Error where it is not installed, fails or takes too long; the signal’s reason
 */
export async function convertToPdf(
  pptx: Uint8Array,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'slides-'))
  try {
    await writeFile(join(folder, 'deck.pptx'), pptx)
    await writeFile(join(folder, 'fonts.conf'), toFontsConf(join(folder, 'cache')))
    await runOffice(folder, options, signal)
    return await readFile(join(folder, 'deck.pdf'))
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function runOffice(
  folder: string,
  { command, timeoutMs }: ConvertOptions,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`
  const convert = [
    '--headless',
    '--norestore',
    '--nolockcheck',
    '--convert-to',
    'pdf',
    '--outdir',
    folder,
  ]
  const child = spawn(
    '/bin/sh',
    ['-c', script, command, profile, ...convert, join(folder, 'deck.pptx')],
    {
      cwd: folder,
      env: {
        PATH: programs,
        HOME: folder,
        TMPDIR: folder,
        LANG: 'C.UTF-8',
        FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      },
      // A pipe of ours: it closes with us, whatever ends us.
      stdio: ['pipe', 'ignore', 'ignore'],
      // A group of its own: the program that is started starts the one that works.
      detached: true,
    },
  )
  child.stdin?.on('error', () => {})
  const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const stop = (): void => endGroup(child.pid)
  either.addEventListener('abort', stop, { once: true })
  try {
    const ended = Promise.withResolvers<number | null>()
    child.once('error', ended.reject)
    child.once('exit', ended.resolve)
    const code = await ended.promise
    either.throwIfAborted()
    if (code !== 0) throw new Error(`LibreOffice ended with ${code ?? 'a signal'}.`)
  } finally {
    either.removeEventListener('abort', stop)
    stop()
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
