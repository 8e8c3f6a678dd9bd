import type { Config } from '@tandem/config'
import {
  createDemoProvider,
  createOpenAICompatibleProvider,
  createRegistry,
  type Registry,
} from '@tandem/providers'

/** The providers that the configuration names, then the demo. */
export function createModelRegistry({ providers, upstream, demoModel }: Config): Registry {
  const configured = providers.map((provider) =>
    createOpenAICompatibleProvider({ ...provider, timeouts: upstream }),
  )
  return createRegistry({
    providers: demoModel ? [...configured, createDemoProvider()] : configured,
  })
}
