import type { ModelRequest } from '../types.ts'
import { readConversation } from './conversation.ts'
import { respondInJson } from './json/respond.ts'
import { answerMessage, answerWhole } from './rules/index.ts'
import { styled } from './style.ts'
import { answerFromOutcomes } from './tools/answer.ts'
import { forceCall, type PlannedCall } from './tools/choose.ts'
import { readTools } from './tools/offered.ts'
import { planWork } from './tools/work.ts'

export type Reply = { kind: 'text'; text: string } | { kind: 'calls'; calls: PlannedCall[] }

/** What is answered to a request: calls while there is something to call, then words or JSON. */
export function decide(request: ModelRequest): Reply {
  const { toolChoice, responseFormat, extra } = request
  const tools = readTools(request.tools, toolChoice)
  const conversation = readConversation(
    request.messages,
    tools.map(({ skill }) => skill),
  )
  const isForced = toolChoice === 'required' || typeof toolChoice === 'object'
  const isNew = conversation.outcomes.length === 0
  const whole = isNew && !isForced ? answerWhole(conversation) : undefined
  const work = whole === undefined ? planWork(conversation, tools) : undefined

  const forced = isForced && isNew ? forceCall(conversation.ask, tools, conversation) : undefined
  const calls = work && work.calls.length > 0 ? work.calls : forced ? [forced] : []
  if (calls.length > 0) {
    const isParallel = extra?.['parallel_tool_calls'] !== false
    return { kind: 'calls', calls: isParallel ? calls : calls.slice(0, 1) }
  }

  const answer =
    whole ??
    (isNew || !work ? answerMessage(conversation) : answerFromOutcomes(work, tools, conversation))
  const text =
    respondInJson(responseFormat, answer, conversation) ??
    styled(answer, `${conversation.system}\n${conversation.ask}`)
  return { kind: 'text', text }
}
