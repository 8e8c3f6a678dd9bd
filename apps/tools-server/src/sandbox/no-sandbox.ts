import type { Sandbox, SandboxOutcome } from './types.ts'

const remedy =
  'On Linux install bubblewrap 0.8 or newer and Python 3 (apt-get install bubblewrap python3), and allow unprivileged user namespaces; then restart.'

/** Where nothing isolates, nothing runs. */
export function noSandbox(reason: string): Sandbox {
  return {
    status: () => ({ ok: false, reason, remedy }),
    run: () => Promise.resolve(setupFailed(new Error(reason))),
    close: () => Promise.resolve(),
  }
}

export function setupFailed(error: unknown): SandboxOutcome {
  const word = 'sandbox_setup_failed'
  const shared = { word, error: { type: word, text: messageOf(error) } } as const
  return { ...shared, stdout: '', stderr: '', notes: [], ms: 0, cpuMs: 0, memoryBytes: 0 }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
