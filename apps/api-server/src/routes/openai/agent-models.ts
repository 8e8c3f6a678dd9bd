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

/** The models themselves, then each of them behind each agent. */
export function withAgentModels(models: readonly Model[]): Model[] {
  const behindAgents = listedPrefixes.flatMap((prefix) =>
    models.map((model) => ({ ...model, id: `${prefix}/${model.id}` })),
  )
  return [...models, ...behindAgents]
}
