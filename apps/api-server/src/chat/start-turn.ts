import { AppError } from '@tandem/schemas'
import { resolveModel } from '../default-model/resolve-model.ts'
import type { Deps } from '../deps.ts'
import { asksForAgent, startAgent } from './agent/run-agent.ts'
import { attachFiles } from './attachments/attach-files.ts'
import { relayTurn } from './relay-turn.ts'
import { runTurn } from './run-turn.ts'
import type { SessionTurn } from './session/open-session.ts'
import { runInSession } from './session/run-in-session.ts'
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
  const resolved = await resolveModel(turn, deps, options)
  const model = deps.promptLog?.wrap(resolved, turn) ?? resolved
  options.observe({ provider: model.provider, model: model.id })
  const isAgent = asksForAgent(turn)
  const relays = !isAgent && turn.raw !== undefined && model.relay !== undefined
  if (!relays) assertOneChoice(turn.request.extra ?? {})
  const attached = await attachFiles(turn, { model, deps, options })
  const start = async (opened: Turn, readyOptions: TurnOptions): Promise<StartedTurn> => {
    const ready = await attached.complete(opened)
    if (relays) {
      const response = await relayTurn(ready, model, { config: deps.config, ...readyOptions })
      return { kind: 'relay', response }
    }
    const whole = withDefaults(ready, deps)
    if (!asksForAgent(whole)) return { kind: 'events', events: runTurn(whole, model, readyOptions) }
    const context = { deps, options: readyOptions }
    return { kind: 'events', ...(await startAgent(whole, model, context)) }
  }
  if (!isInSession(attached.turn)) return start(attached.turn, options)
  return runInSession(attached.turn, { model, deps, options }, start)
}

function isInSession(turn: Turn): turn is SessionTurn {
  return turn.session !== undefined
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
