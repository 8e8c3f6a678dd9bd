import type { Config } from '@tandem/config'
import type { CreateSandboxOptions } from './create-sandbox.ts'
import type { ScratchOptions } from './scratch.ts'

const mebibyte = 2 ** 20

export function toSandboxOptions(config: Config): CreateSandboxOptions {
  const { sandboxDriver, pythonInterpreter, pythonParallel, pythonPoolSize, pythonPreload } = config
  const maxWallMs = config.pythonMaxTimeout * 1000
  return {
    driver: sandboxDriver,
    python: pythonInterpreter,
    ...(pythonParallel === undefined ? {} : { slots: pythonParallel }),
    poolSize: pythonPoolSize,
    preload: pythonPreload,
    limits: {
      maxWallMs,
      defaultWallMs: Math.min(config.pythonTimeout * 1000, maxWallMs),
      memoryBytes: config.pythonMemoryMb * mebibyte,
      addressSpaceBytes: config.pythonMemoryMb * 2 * mebibyte,
    },
  }
}

export function toScratchLimits(config: Config): Omit<ScratchOptions, 'folder'> {
  return {
    sessionBytes: config.scratchSessionMb * mebibyte,
    ownerBytes: config.scratchOwnerMb * mebibyte,
    ttlMs: config.scratchDays * 24 * 3600 * 1000,
  }
}
