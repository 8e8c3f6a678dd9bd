/** Takes the network away from this process: whatever a document makes a library try, there is nothing to connect with. */
import { registerHooks } from 'node:module'

const refused = new Set(
  'child_process cluster dgram dns dns/promises http http2 https inspector net tls'.split(' '),
)
const globals = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']

export function refuseNetwork(): void {
  for (const name of globals) Reflect.deleteProperty(globalThis, name)
  registerHooks({
    resolve(specifier, context, next) {
      assertAllowed(specifier)
      return next(specifier, context)
    },
  })
  const getBuiltinModule = process.getBuiltinModule.bind(process) as (name: string) => unknown
  replace('getBuiltinModule', (name: string) => {
    assertAllowed(name)
    return getBuiltinModule(name)
  })
  replace('binding', assertAllowed)
}

function replace(name: string, value: (name: string) => unknown): void {
  Object.defineProperty(process, name, { value })
}

function assertAllowed(name: string): void {
  const plain = name.replace(/^node:/, '')
  if (!refused.has(plain) && !plain.endsWith('_wrap')) return
  throw new Error(`${name} is not to be had while a document is read`)
}
