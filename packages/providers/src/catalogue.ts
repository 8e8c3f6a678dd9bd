import { setTimeout as sleep } from 'node:timers/promises'
import { toAppError, type ErrorCode, type Model } from '@tandem/schemas'
import type { CallOptions, Provider } from './types.ts'

/** Lists are asked for again after this; a slow provider is waited for only so long. */
const freshForMs = 15_000
const patienceMs = 3_000
/** One that failed when it was last asked is given only this long: it may be back, but nobody waits for it. */
const patienceAfterErrorMs = 250

export interface ProviderState {
  provider: string
  /** `unknown` until it was asked for the first time. */
  status: 'ok' | 'error' | 'unknown'
  models: number
  error?: ErrorCode
}

interface Entry {
  models: Model[]
  askedAt: number
  error?: ErrorCode
  pending?: Promise<void>
}

/** What models the providers have, cached briefly; one that is down neither breaks nor slows the others' lists. */
export interface Catalogue {
  all(options: CallOptions): Promise<{ provider: string; models: Model[] }[]>
  /** The name of the first provider that lists this id. */
  ownerOf(id: string, options: CallOptions): Promise<string | undefined>
  states(): ProviderState[]
}

export function createCatalogue(providers: readonly Provider[], now: () => number): Catalogue {
  const entries = new Map<string, Entry>()

  /** Callers share one question; it has a clock of its own, so that none of them can cancel it for the others. */
  async function refresh(provider: Provider): Promise<Entry> {
    const entry = entries.get(provider.name) ?? { models: [], askedAt: Number.NEGATIVE_INFINITY }
    entries.set(provider.name, entry)
    if (now() - entry.askedAt < freshForMs) return entry
    entry.pending ??= ask(provider, entry)
    if (!entry.error) await entry.pending
    else await Promise.race([entry.pending, sleep(patienceAfterErrorMs, undefined, { ref: false })])
    return entry
  }
  async function ask(provider: Provider, entry: Entry): Promise<void> {
    try {
      entry.models = await provider.listModels({ signal: AbortSignal.timeout(patienceMs) })
      delete entry.error
    } catch (thrown) {
      entry.error = isTimeout(thrown) ? 'upstream_timeout' : toAppError(thrown).code
    } finally {
      entry.askedAt = now()
      delete entry.pending
    }
  }
  async function all({ signal }: CallOptions): Promise<{ provider: string; models: Model[] }[]> {
    const lists = await Promise.all(
      providers.map(async (provider) => ({
        provider: provider.name,
        models: (await refresh(provider)).models,
      })),
    )
    signal.throwIfAborted()
    return lists
  }
  return {
    all,
    async ownerOf(id, options) {
      const known = providers.find(({ name }) => has(entries.get(name), id))
      if (known) return known.name
      const lists = await all(options)
      return lists.find(({ models }) => models.some((model) => model.id === id))?.provider
    },
    states: () =>
      providers.map(({ name }) => {
        const entry = entries.get(name)
        const asked = entry !== undefined && Number.isFinite(entry.askedAt)
        const status = entry?.error ? 'error' : asked ? 'ok' : 'unknown'
        return {
          provider: name,
          status,
          models: entry?.models.length ?? 0,
          ...(entry?.error ? { error: entry.error } : undefined),
        }
      }),
  }
}

function has(entry: Entry | undefined, id: string): boolean {
  return entry?.models.some((model) => model.id === id) ?? false
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'TimeoutError'
}
