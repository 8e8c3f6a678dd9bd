import type { Logger } from 'pino'
import type { Scratch } from '../sandbox/scratch.ts'
import type { DocumentFiles } from './document-files.ts'
import type { FileStore } from './file-store.ts'

const everyMs = 600_000

/** Sweeps files and scratch now and every ten minutes. Call it once the server listens, so that there is no second one. */
export function keepTidy(
  {
    files,
    documentFiles,
    scratch,
  }: { files: FileStore; documentFiles: DocumentFiles; scratch: Scratch },
  { startedAt, logger }: { startedAt: number; logger: Logger },
): () => void {
  const sweep = (): void => {
    files
      .sweep(startedAt)
      .then(() => documentFiles.tidy())
      .catch((err: unknown) => logger.error({ err }, 'files cannot be swept'))
    scratch
      .removeExpired()
      .catch((err: unknown) => logger.error({ err }, 'scratch cannot be swept'))
  }
  sweep()
  const timer = setInterval(sweep, everyMs).unref()
  return () => clearInterval(timer)
}
