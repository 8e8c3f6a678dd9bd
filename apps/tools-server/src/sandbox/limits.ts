import type { SandboxLimits } from './types.ts'

const mebibyte = 2 ** 20

export const defaultLimits: SandboxLimits = {
  maxWallMs: 300_000,
  defaultWallMs: 60_000,
  memoryBytes: 1024 * mebibyte,
  addressSpaceBytes: 2048 * mebibyte,
  fileBytes: 64 * mebibyte,
  totalBytes: 128 * mebibyte,
  files: 1000,
  descriptors: 128,
  processes: 48,
  inodes: 20_000,
  keptOutputBytes: 256 * 1024,
  outputBytes: 16 * mebibyte,
}
