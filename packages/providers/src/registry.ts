import { AppError, type Model } from '@tandem/schemas'
import type { CallOptions, LanguageModel, Provider } from './types.ts'
import { createCatalogue, type ProviderState } from './catalogue.ts'

export interface Registry {
  /** `provider/model`, or a bare name, which goes to the first provider that has it. @throws AppError `model_not_found` */
  resolve(name: string, options: CallOptions): Promise<LanguageModel>
  /** All providers' models under their full names. A provider that cannot be asked keeps the list it gave last. */
  list(options: CallOptions): Promise<Model[]>
  /** How each provider answered when it was last asked. */
  states(): ProviderState[]
  close(): Promise<void>
}

export interface RegistryOptions {
  /** In order of preference for bare names. */
  providers: readonly Provider[]
  now?: () => number
}

/** The one way from a model's name to a model. */
export function createRegistry({ providers, now = Date.now }: RegistryOptions): Registry {
  const byName = new Map(providers.map((provider) => [provider.name, provider]))
  const catalogue = createCatalogue(providers, now)
  return {
    async resolve(name, options) {
      const slash = name.indexOf('/')
      const named = slash > 0 ? byName.get(name.slice(0, slash)) : undefined
      const id = name.slice(slash + 1)
      if (named && id) return named.model(id)
      const owner = byName.get((await catalogue.ownerOf(name, options)) ?? '')
      if (owner) return owner.model(name)
      throw new AppError('model_not_found', {
        message: `The model '${name.slice(0, 200)}' does not exist.`,
        param: 'model',
      })
    },
    async list(options) {
      const lists = await catalogue.all(options)
      return lists.flatMap(({ provider, models }) =>
        models.map((model) => ({ ...model, id: `${provider}/${model.id}` })),
      )
    },
    states: () => catalogue.states(),
    async close() {
      await Promise.all(providers.map((provider) => provider.close()))
    },
  }
}
