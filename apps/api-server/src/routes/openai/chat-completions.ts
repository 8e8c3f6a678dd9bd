import type { RequestHandler, Response } from 'express'
import { contextOf, readBody, sendJson } from '@tandem/http'
import { principalOf } from '../../auth/authenticate.ts'
import { startTurn } from '../../chat/start-turn.ts'
import type { StartedTurn } from '../../chat/turn.ts'
import type { Deps } from '../../deps.ts'
import { observeInto, sendStream, toStream, toWhole } from './answer.ts'
import { decodeChat, type DecodedChat } from './decode-chat.ts'
import { createAnswerHead, encodeChunks, encodeCompletion } from './encode-chat.ts'

/** `POST /v1/chat/completions` */
export function chatCompletions(deps: Deps): RequestHandler {
  return async (req, res) => {
    const body = await readBody(req, deps.config.bodyLimitMb * 2 ** 20)
    const { requestId, signal } = contextOf(res)
    const decoded = decodeChat(body, {
      requestId,
      principal: principalOf(res),
      defaultModel: deps.config.defaultModel,
    })
    const start = (): Promise<StartedTurn> =>
      startTurn(decoded.turn, deps, { signal, observe: observeInto(res) })
    if (decoded.stream) await sendStream(res, deps, async () => toSse(await start(), decoded, deps))
    else await sendCompletion(res, await start(), { decoded, deps })
  }
}

function toSse(
  started: StartedTurn,
  decoded: DecodedChat,
  deps: Deps,
): AsyncIterable<string | Buffer> {
  if (started.kind === 'relay') return toStream(started.response)
  return encodeChunks(started.events, createAnswerHead(decoded.turn.model, deps.now()), decoded)
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
  const head = createAnswerHead(decoded.turn.model, deps.now())
  sendJson(res, await encodeCompletion(started.events, head, decoded))
}
