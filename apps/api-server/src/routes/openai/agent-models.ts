/** Agents as models, for clients that cannot send `agent_type`: `react/ollama/qwen2.5:14b`. */
import type { AgentName, Model } from '@tandem/schemas'

const agentPrefixes: Readonly<Record<string, AgentName>> = {
  react: 'react',
  'plan-execute': 'plan_execute',
  plan_execute: 'plan_execute',
  auto: 'auto',
}

/** What `GET /v1/models` lists. */
const listedPrefixes = ['react', 'plan-execute', 'auto']

export function splitAgentModel(name: string): { model: string; agentName?: AgentName } {
  const slash = name.indexOf('/')
  const prefix = name.slice(0, slash)
  const agentName = Object.hasOwn(agentPrefixes, prefix) ? agentPrefixes[prefix] : undefined
  const model = name.slice(slash + 1)
  return agentName && model ? { model, agentName } : { model: name }
}

/** Each of them behind each agent. */
export function toAgentModels(models: readonly Model[]): Model[] {
  return listedPrefixes.flatMap((prefix) => models.map((model) => behind(prefix, model)))
}

/** The model of a name with an agent before it, under the name that is listed. */
export function findAgentModel(
  name: string,
  find: (name: string) => Model | undefined,
): Model | undefined {
  const { model: bare, agentName } = splitAgentModel(name)
  const model = agentName && find(bare)
  return model && behind(agentName.replace('_', '-'), model)
}

function behind(prefix: string, model: Model): Model {
  return { ...model, id: `${prefix}/${model.id}` }
}
