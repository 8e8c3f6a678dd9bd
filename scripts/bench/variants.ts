import { benchFile, startServer } from './child.ts'
import { benchModel } from './exchange.ts'
import { startGateway, startGatewayWithoutDuties } from './gateway.ts'
import type { StartVariant } from './variant.ts'

const anyKey = 'sk-bench'

const startDirect: StartVariant = ({ upstreamPort }) =>
  Promise.resolve({
    port: upstreamPort,
    key: anyKey,
    model: benchModel,
    pid: undefined,
    ended: undefined,
    stop: () => Promise.resolve(),
  })

const startBareProxy: StartVariant = async ({ upstreamPort, core, nodeArgs }) => {
  const command = [benchFile('bare-proxy.ts'), `http://127.0.0.1:${upstreamPort}`]
  const child = await startServer({ command, nodeArgs, core })
  return { ...child, key: anyKey, model: benchModel }
}

/** A new variant is one line. Ratios are to `bare`. */
export const variants = {
  direct: startDirect,
  bare: startBareProxy,
  gateway: startGateway,
  'without-duties': startGatewayWithoutDuties,
} as const satisfies Record<string, StartVariant>

export type VariantName = keyof typeof variants
export const yardstick: VariantName = 'bare'
