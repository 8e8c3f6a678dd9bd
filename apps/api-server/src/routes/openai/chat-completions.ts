import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RequestHandler } from 'express'
import { contextOf, parseJsonObject, parseLargeJsonObject, readBody } from '@tandem/http'
import { toolCallOf } from '../../auth/allow-models-token.ts'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { answerChat } from './answer-chat.ts'
import { decodeChat } from './decode-chat.ts'

/** A body of this size is dealt with in steps, between which other requests have their turn. */
const largeBytes = 256 * 1024

/** `POST /v1/chat/completions` */
export function chatCompletions(deps: Deps): RequestHandler {
  return async (req, res) => {
    const body = await readBody(req, deps.config.bodyLimitMb * 2 ** 20)
    const isLarge = body.length > largeBytes
    const { maxJsonDepth } = deps.config
    const json = isLarge
      ? await parseLargeJsonObject(body, maxJsonDepth)
      : parseJsonObject(body, maxJsonDepth)
    const decoded = decodeChat(
      { body, json },
      {
        requestId: contextOf(res).requestId,
        principal: principalOf(res),
        config: deps.config,
        toolCall: toolCallOf(res),
      },
    )
    if (isLarge) await nextTurn()
    await answerChat(decoded, res, deps)
  }
}
