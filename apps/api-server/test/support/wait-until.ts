import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves as soon as the condition holds. @throws Error, with what `tell` says, when the time is up */
export async function waitUntil(
  condition: () => boolean,
  { ms = 20_000, tell = () => condition.toString() }: { ms?: number; tell?: () => string } = {},
): Promise<void> {
  const deadline = performance.now() + ms
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms: ${tell()}`)
    await sleep(5)
  }
}
