import { AppError } from '@tandem/schemas'
import type { Deps } from '../deps.ts'
import { relayTurn } from './relay-turn.ts'
import { runTurn } from './run-turn.ts'
import type { StartedTurn, Turn, TurnOptions } from './turn.ts'

/**
 * The hall behind all doors: finds the model, then takes the fast lane where the upstream speaks the caller's dialect
 * and no agent is asked for, events otherwise.
 * @throws AppError for everything that is known before the first byte.
 */
export async function startTurn(
  turn: Turn,
  deps: Deps,
  options: TurnOptions,
): Promise<StartedTurn> {
  refuseWhatIsMissing(turn)
  const model = await deps.registry.resolve(turn.model, options)
  options.observe({ provider: model.provider, model: model.id })
  if (turn.raw && model.relay) {
    return { kind: 'relay', response: await relayTurn(turn, model, { ...deps, ...options }) }
  }
  assertOneChoice(turn.request.extra ?? {})
  return { kind: 'events', events: runTurn(withDefaults(turn, deps), model, options) }
}

/** Better a clear no than a conversation that is not remembered or an agent that is none. */
function refuseWhatIsMissing({ agent, session }: Turn): void {
  if (agent && agent.name !== 'chat') {
    throw new AppError('unsupported_parameter', {
      message: `agent_type '${agent.name}' is not in this version: leave it out, or use 'chat'.`,
      param: 'agent_type',
    })
  }
  if (session) {
    throw new AppError('unsupported_parameter', {
      message:
        'Sessions are not in this version: leave session_id out and send the whole conversation.',
      param: 'session_id',
    })
  }
}

function withDefaults(turn: Turn, { config }: Deps): Turn {
  const temperature = turn.request.temperature ?? config.defaultTemperature
  return temperature === undefined ? turn : { ...turn, request: { ...turn.request, temperature } }
}

/** What only upstreams of the caller's dialect can do. */
function assertOneChoice({ n, logprobs }: Record<string, unknown>): void {
  const param = Number(n ?? 1) > 1 ? 'n' : logprobs ? 'logprobs' : undefined
  if (param === undefined) return
  throw new AppError('unsupported_parameter', {
    message: `'${param}' works only with models of OpenAI-compatible providers, without an agent.`,
    param,
  })
}
