import type { Config } from '@tandem/config'
import type { DocumentLimits } from './documents.ts'

export function toDocumentLimits(config: Config): DocumentLimits {
  return {
    timeoutMs: config.documentTimeout * 1000,
    memoryBytes: config.documentMemoryMb * 2 ** 20,
    maxFileBytes: config.documentMaxMb * 2 ** 20,
    parallel: config.documentParallel,
  }
}
