import type { RequestHandler } from 'express'
import { contextOf, readBody } from '@tandem/http'
import { toolCallOf } from '../../auth/allow-models-token.ts'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { answerChat } from './answer-chat.ts'
import { decodeChat } from './decode-chat.ts'

/** `POST /v1/chat/completions` */
export function chatCompletions(deps: Deps): RequestHandler {
  return async (req, res) => {
    const body = await readBody(req, deps.config.bodyLimitMb * 2 ** 20)
    const decoded = decodeChat(body, {
      requestId: contextOf(res).requestId,
      principal: principalOf(res),
      config: deps.config,
      toolCall: toolCallOf(res),
    })
    await answerChat(decoded, res, deps)
  }
}
