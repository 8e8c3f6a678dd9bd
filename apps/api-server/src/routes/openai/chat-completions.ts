import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RequestHandler } from 'express'
import { contextOf, parseLargeJsonObject, readBody } from '@tandem/http'
import { toolCallOf } from '../../auth/allow-models-token.ts'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { answerChat } from './answer-chat.ts'
import { decodeChat } from './decode-chat.ts'

/** What a body of this size says is checked in one turn and answered in the next. */
const largeBytes = 256 * 1024

/** `POST /v1/chat/completions` */
export function chatCompletions(deps: Deps): RequestHandler {
  return async (req, res) => {
    const body = await readBody(req, deps.config.bodyLimitMb * 2 ** 20)
    const json = await parseLargeJsonObject(body, deps.config.maxJsonDepth)
    const decoded = decodeChat(
      { body, json },
      {
        requestId: contextOf(res).requestId,
        principal: principalOf(res),
        config: deps.config,
        toolCall: toolCallOf(res),
      },
    )
    if (body.length > largeBytes) await nextTurn()
    await answerChat(decoded, res, deps)
  }
}
