/** Many agents at once, each with a model that calls three tools, two of them side by side. */
import type { FakeModelServer } from '@tandem/testing'
import type { Gateway } from '../support/start-gateway.ts'
import {
  agentRequest,
  calculate,
  callsReply,
  chatPath,
  getJson,
  runsPath,
  streamed,
  textReply,
  type Json,
} from './run-client.ts'

/** The models answer by what they are asked: no order among the agents is taken for granted. */
export function scriptMany(upstream: FakeModelServer): void {
  upstream.onRequest(({ method, json }) => {
    if (method !== 'POST') return undefined
    const { messages } = json as { messages: Json[] }
    const number = Number(/agent (\d+)/.exec(JSON.stringify(messages))?.[1])
    const results = messages.filter(({ role }) => role === 'tool')
    if (results.length === 0) {
      return callsReply(calculate(`${number}+${number}`, 'a'), calculate(`${number}*1`, 'b'))
    }
    if (results.length === 2) return callsReply(calculate(`${number}*3`, 'c'))
    const found = /(\d+)\D*$/.exec(String(results.at(-1)?.content))?.[1]
    return textReply(`Agent ${number} found ${found}.`)
  })
}

export async function runMany(
  gateway: Pick<Gateway, 'url' | 'headers'>,
  upstream: FakeModelServer,
  count: number,
): Promise<{ texts: string[]; runs: Json[] }> {
  scriptMany(upstream)
  const answers = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      streamed(gateway, chatPath, agentRequest(`You are agent ${at}.`)),
    ),
  )
  const { runs } = await getJson(gateway, `${runsPath}?limit=${count}`)
  return { texts: answers.map(({ text }) => text), runs }
}
