import { afterAll, beforeAll } from '@jest/globals'
import { createSandbox, type CreateSandboxOptions } from '../../src/sandbox/create-sandbox.ts'
import type { Sandbox } from '../../src/sandbox/types.ts'
import { startLastingServer, type TestServer } from '../start-server.ts'

const mebibyte = 2 ** 20

/** Small enough that a bomb goes off quickly. */
export const testLimits = {
  maxWallMs: 30_000,
  defaultWallMs: 15_000,
  memoryBytes: 512 * mebibyte,
  addressSpaceBytes: 1024 * mebibyte,
}

export interface SandboxServer {
  server: () => TestServer
  sandbox: () => Sandbox
}

/** A real tools server with a real sandbox for all tests of a file. Without bubblewrap the tests fail. */
export function withSandbox(options: CreateSandboxOptions = {}): SandboxServer {
  let sandbox: Sandbox | undefined
  let server: TestServer | undefined
  beforeAll(async () => {
    sandbox = await createSandbox({ limits: testLimits, slots: 2, preload: false, ...options })
    const status = sandbox.status()
    if (!status.ok) throw new Error(`${status.reason} ${status.remedy}`)
    server = await startLastingServer({ sandbox })
  }, 60_000)
  afterAll(async () => {
    await server?.close()
    await sandbox?.close()
  })
  return {
    server: () => must(server),
    sandbox: () => must(sandbox),
  }
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('not started')
  return value
}
