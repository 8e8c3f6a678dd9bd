import type { ProviderState, Registry } from '@tandem/providers'
import { splitAgentModel } from '../routes/openai/agent-models.ts'
import { nearNames } from './near-names.ts'

/**
 * What is to be said of a default model that nobody lists now; undefined where all is well. It is no reason to refuse the
 * start: its provider may come up later, and an upstream may serve what it does not list.
 */
export async function checkDefaultModel(
  name: string | undefined,
  registry: Pick<Registry, 'list' | 'states'>,
): Promise<string | undefined> {
  if (name === undefined) return undefined
  const { model } = splitAgentModel(name)
  const ids = (await registry.list({ signal: new AbortController().signal })).map(({ id }) => id)
  if (isAmong(ids, model)) return undefined
  const silent = registry.states().filter(({ status }) => status === 'error')
  const asked = silent.filter(({ provider }) => model.startsWith(`${provider}/`))
  const begin = `The default model is '${name}' (DEFAULT_MODEL or OLLAMA_MODEL)`
  if (asked.length > 0)
    return `${begin}, which cannot be checked: ${failures(asked)}. Until that is mended, requests that name no model fail.`
  return [
    `${begin}, which no provider lists: requests that name no model will fail.`,
    ...suggestion(nearNames(model, ids)),
    ...(silent.length > 0 ? [`Not asked, since they failed: ${failures(silent)}.`] : []),
  ].join(' ')
}

/** Under its full name or its own; Ollama takes a name without its tag as the one that is `latest`. */
function isAmong(ids: readonly string[], model: string): boolean {
  return ids.some((id) => {
    const names = [id, id.slice(id.indexOf('/') + 1)]
    return names.includes(model) || (id.startsWith('ollama/') && names.includes(`${model}:latest`))
  })
}

function suggestion(near: readonly string[]): string[] {
  const quoted = near.map((name) => `'${name}'`).join(' or ')
  return [
    near.length > 0 ? `Did you mean ${quoted}?` : 'GET /v1/models lists those that there are.',
  ]
}

function failures(states: readonly ProviderState[]): string {
  return states.map(({ provider, error }) => `${provider} (${error})`).join(', ')
}
