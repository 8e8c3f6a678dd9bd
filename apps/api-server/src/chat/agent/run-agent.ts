import { agents, type AgentRun } from '@tandem/agents'
import { withRetry, type LanguageModel } from '@tandem/providers'
import { AppError, type AgentEvent, type NumberedEvent } from '@tandem/schemas'
import type { ModelsAccess } from '@tandem/tools'
import type { Deps } from '../../deps.ts'
import { paceModel, paceTool } from '../../runs/pace.ts'
import { estimatePrompt } from '../../usage/estimate.ts'
import { giveToTools } from '../attachments/give-to-tools.ts'
import { pairConversation } from '../session/pair-tool-calls.ts'
import type { Turn, TurnOptions } from '../turn.ts'
import { parseAgentOptions, toLimits } from './agent-options.ts'
import { createApprovalPolicy, ruledTools } from './approval-policy.ts'
import { findTools } from './find-tools.ts'
import { modelsBaseUrl } from './models-access.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { findPausedRun, takePausedRun, type PausedRun } from './paused-run.ts'
import { recordRun } from './record-run.ts'
import type { RunInput } from './run-input.ts'
import { tellCancelled } from './tell-cancelled.ts'
import { findToolModels, toolModelName } from './tool-models.ts'

export type AgentTurn = Turn & Required<Pick<Turn, 'agent'>>

export function asksForAgent(turn: Turn): turn is AgentTurn {
  return turn.agent !== undefined && turn.agent.name !== 'chat'
}

interface AgentContext {
  deps: Deps
  options: TurnOptions
}

/**
 * A turn as the run of an agent, or as what a paused run waits for: its tools are the tools server's as far as the caller
 * may use them, its events are those of the run, recorded. A tools server that is down costs the agent its tools, not the
 * caller the answer.
 * @throws AppError for what is wrong with the request, before anything runs.
 */
export async function startAgent(
  turn: AgentTurn,
  model: LanguageModel,
  { deps, options }: AgentContext,
): Promise<{ events: AsyncGenerator<NumberedEvent>; earlier: readonly AgentEvent[] }> {
  await deps.staggerRuns()
  const agentOptions = parseAgentOptions(turn.agent.options)
  const owner = turn.principal.userId
  const paused = await findPausedRun(turn, deps.db)
  const messages = paused?.input.request.messages ?? pairConversation(turn.request.messages)
  const runId = paused?.id ?? turn.agent.runId
  const policy = createApprovalPolicy(deps.config.toolApproval, agentOptions)
  const sessionId = turn.session?.id
  const tools = await findTools(deps, {
    turn,
    claims: { sub: owner, session: sessionId, run: runId },
    policy,
    ruled: ruledTools(agentOptions),
    signal: options.signal,
    required: paused?.status === 'waiting_approval',
  })
  const toolModel = await findToolModels(turn, deps, options)
  const ledger = createLedger()
  const attachments = attachmentsOf(turn, paused)
  const run: AgentRun = {
    runId,
    owner,
    ...(sessionId !== undefined && { sessionId }),
    model: paceModel(ledger.watch(withRetry(model)), deps.staggerRuns),
    request: { ...turn.request, messages },
    tools: giveToTools(tools, attachments).map((tool) => paceTool(tool, deps.staggerRuns)),
    models: createModelsAccess(turn, runId, deps),
    limits: toLimits(agentOptions, deps.config),
    ...(paused && {
      resume: { events: [...paused.events, ...paused.added], approvals: paused.decisions },
    }),
  }
  const input = { ...toInput(turn, run, paused), attachments }
  const lastSeq = paused
    ? await takePausedRun(paused, owner, deps.db)
    : await createRun(turn, model, deps)
  options.observe({ runId })
  const cancel = new AbortController()
  const signal = AbortSignal.any([options.signal, cancel.signal])
  const stop = (): void => cancel.abort(new AppError('cancelled'))
  const recording = deps.runLog.begin({ owner, id: runId, lastSeq, cancel: stop })
  await deps.staggerRuns()
  const agentDeps = {
    ...deps.agents,
    toolModel: watched(toolModel, ledger),
    approval: ({ name }: { name: string }) => policy(name),
  }
  const running = tellCancelled(agents[input.agent](run, agentDeps, { signal }), cancel.signal)
  const events = observed(running, { turn, ledger, options })
  return {
    events: recordRun(events, { recording, signal, input, ledger }),
    earlier: paused?.events ?? [],
  }
}

/** @throws AppError `session_not_found` where it was removed just now */
async function createRun(turn: AgentTurn, model: LanguageModel, { db }: Deps): Promise<number> {
  const made = await db.runs.create(turn.principal.userId, {
    id: turn.agent.runId,
    agent: turn.agent.name,
    model: `${model.provider}/${model.id}`,
    sessionId: turn.session?.id,
  })
  if (!made) throw new AppError('session_not_found')
  return 0
}

/** Each model is made once: agents tell models by what they are. */
function watched(
  toolModel: (tool: string | undefined) => LanguageModel | undefined,
  ledger: Ledger,
): typeof toolModel {
  return (tool) => {
    const model = toolModel(tool)
    return model && ledger.watch(model)
  }
}

/** A run that goes on keeps its own. */
function attachmentsOf(turn: Turn, paused: PausedRun | undefined): string[] {
  const added = turn.attachments.map(({ fileId }) => fileId)
  return [...new Set([...(paused?.input.attachments ?? []), ...added])]
}

function toInput(turn: AgentTurn, { request }: AgentRun, paused: PausedRun | undefined): RunInput {
  const { availableTools } = turn
  return {
    model: turn.model,
    answersAs: turn.raw?.model ?? paused?.input.answersAs ?? turn.model,
    agent: paused?.input.agent ?? turn.agent.name,
    request,
    ...(availableTools && { availableTools }),
    options: turn.agent.options,
  }
}

function createModelsAccess(turn: AgentTurn, run: string, deps: Deps): AgentRun['models'] {
  const baseUrl = modelsBaseUrl(deps.config)
  const { userId } = turn.principal
  return (tool): ModelsAccess => {
    const model = toolModelName(deps.config.toolModels ?? {}, tool) ?? turn.model
    return { baseUrl, token: deps.auth.modelsTokens.issue({ userId, run, model }) }
  }
}

/** What the request's log line and its user's usage want to know. */
async function* observed(
  events: AsyncGenerator<AgentEvent>,
  { turn, ledger, options: { observe } }: { turn: Turn; ledger: Ledger; options: TurnOptions },
): AsyncGenerator<AgentEvent> {
  observe({ prompt: () => estimatePrompt(turn.request), spent: ledger.usage })
  for await (const event of events) {
    if (event.type === 'text-delta' || event.type === 'reasoning-delta')
      observe({ answer: event.text })
    if (event.type === 'run-end' && event.usage.total_tokens > 0) observe({ usage: event.usage })
    yield event
  }
}
