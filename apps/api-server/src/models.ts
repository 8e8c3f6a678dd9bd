import type { Config } from '@tandem/config'
import {
  createDemoProvider,
  createOpenAICompatibleProvider,
  createRegistry,
  type DemoOptions,
  type Provider,
  type Registry,
} from '@tandem/providers'

/** The providers that LLM_BACKEND prefers, the others that the configuration names, then the demo. */
export function createModelRegistry(
  { providers, upstream, demoModel, llmBackend }: Config,
  demo: DemoOptions = {},
): Registry {
  const configured: Provider[] = providers.map((provider) =>
    createOpenAICompatibleProvider({ ...provider, timeouts: upstream }),
  )
  const all = demoModel ? [...configured, createDemoProvider(demo)] : configured
  const preferred = llmBackend === 'auto' ? ['ollama', 'llamacpp'] : [llmBackend]
  const isPreferred = ({ name }: Provider): boolean => preferred.includes(name)
  return createRegistry({
    providers: [...all.filter(isPreferred), ...all.filter((provider) => !isPreferred(provider))],
  })
}
