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
  const limited = `ulimit -t ${limits.cpu} -f ${limits.fileBlocks}; exec "$0" "$@"`
  const child = spawn(
    '/bin/sh',
    ['-c', limited, command, profile, ...convert, join(folder, 'deck.pptx')],
    {
      cwd: folder,
      env: {
        PATH: programs,
        HOME: folder,
        TMPDIR: folder,
        LANG: 'C.UTF-8',
        FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      },
      stdio: 'ignore',
      // A group of its own: the program that is started starts the one that works.
      detached: true,
    },
  )
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
