/** The child's half of child.ts: says where it listens, takes orders, and ends with the parent. */
import type { Server } from 'node:net'

/** Answers each order of the parent; an order without a result gets an empty answer, so that the parent knows when it holds. */
export function obeyParent(carryOut: (order: unknown) => unknown): void {
  process.on('message', (order) => {
    void (async () => process.send?.((await carryOut(order)) ?? {}))()
  })
  process.on('disconnect', () => process.exit())
  // Leaving in order lets --cpu-prof write its file.
  process.on('SIGTERM', () => process.exit())
}

export function serveParent(
  server: Server,
  carryOut: (order: unknown) => unknown = () => undefined,
): void {
  obeyParent(carryOut)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
  })
}
