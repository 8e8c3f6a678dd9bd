import type { Response } from 'express'
import { wantsJson } from '@tandem/agents'
import { contextOf, sendJson } from '@tandem/http'
import type { ByteStream } from '@tandem/providers'
import { parseAgentOptions } from '../../chat/agent/agent-options.ts'
import { asksForAgent } from '../../chat/agent/run-agent.ts'
import { startTurn } from '../../chat/start-turn.ts'
import type { StartedTurn, TurnFacts } from '../../chat/turn.ts'
import type { Deps } from '../../deps.ts'
import { citationAddress } from '../../files/citation-address.ts'
import { createAgentView, type AgentView } from './agent-view.ts'
import { observeInto, sendStream, toStream, toWhole } from './answer.ts'
import type { DecodedChat } from './decode-chat.ts'
import { createAnswerHead, encodeChunks, encodeCompletion } from './encode-chat.ts'

/** Answers a turn as a chat completion, streamed or not. */
export async function answerChat(decoded: DecodedChat, res: Response, deps: Deps): Promise<void> {
  const { session, agent } = decoded.turn
  if (session) res.setHeader('x-session-id', session.id)
  if (agent && agent.name !== 'chat') tellRun(res, agent.runId)
  const { signal } = contextOf(res)
  const follow = observeInto(res, deps)
  const observe = (facts: TurnFacts): void => {
    // Results of the caller's tools lead to the run that waits for them.
    if (facts.runId !== undefined) tellRun(res, facts.runId)
    follow(facts)
  }
  const start = (): Promise<StartedTurn> => startTurn(decoded.turn, deps, { signal, observe })
  if (decoded.stream) await sendStream(res, deps, async () => toSse(await start(), decoded, deps))
  else await sendCompletion(res, await start(), { decoded, deps })
}

function tellRun(res: Response, runId: string): void {
  if (!res.headersSent) res.setHeader('x-agent-run-id', runId)
}

function toSse(
  started: StartedTurn,
  decoded: DecodedChat,
  deps: Deps,
): ByteStream | AsyncIterable<string> {
  if (started.kind === 'relay') return toStream(started.response)
  const head = createAnswerHead(decoded.model, deps.now())
  return encodeChunks(started.events, head, { ...decoded, view: viewOf(started, decoded, deps) })
}

async function sendCompletion(
  res: Response,
  started: StartedTurn,
  { decoded, deps }: { decoded: DecodedChat; deps: Deps },
): Promise<void> {
  if (started.kind === 'relay') {
    sendJson(res, toWhole(started.response))
    return
  }
  const head = createAnswerHead(decoded.model, deps.now())
  const options = { ...decoded, view: viewOf(started, decoded, deps) }
  const completion = await encodeCompletion(started.events, head, options)
  const { session } = decoded.turn
  sendJson(res, session ? { ...completion, session_id: session.id } : completion)
}

function viewOf(
  { earlier }: Extract<StartedTurn, { kind: 'events' }>,
  { turn }: DecodedChat,
  { fileLinks, config }: Deps,
): AgentView | undefined {
  if (!asksForAgent(turn)) return undefined
  const { userId: owner } = turn.principal
  const { publicUrl } = config
  return createAgentView({
    earlier,
    trace: parseAgentOptions(turn.agent.options).trace ?? 'summary',
    json: wantsJson(turn.request),
    link: ({ fileId, name }) => fileLinks.create(owner, { id: fileId, name }).url,
    address: (citation) => citationAddress(citation, { owner, fileLinks, publicUrl }),
  })
}
