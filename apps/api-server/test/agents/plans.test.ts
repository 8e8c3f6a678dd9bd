/** Plans that meet trouble: no step is lost, nothing is done twice, and what is done is answered with. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { errorReply, startFakeModelServer, type FakeModelServer, type Reply } from '@tandem/testing'
import { defineTool, textResult, type Tool } from '@tandem/tools'
import { z } from 'zod'
import type { Gateway } from '../support/start-gateway.ts'
import { startWithTools } from './local-tools.ts'
import { agentRequest, callsReply, chatPath, postJson, textReply, type Json } from './run-client.ts'

const sent: string[] = []
const sendMail = defineTool({
  name: 'send_mail',
  description: 'Sends a mail.',
  schema: z.object({ to: z.string() }),
  traits: { readOnly: false, parallelSafe: false, idempotent: false, timeoutMs: 5000 },
  run: ({ to }) => {
    sent.push(to)
    return textResult(`The mail to ${to} is sent.`)
  },
}) as Tool

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startWithTools({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } }, () => [sendMail])
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
afterEach(() => {
  upstream.reset()
  sent.length = 0
})

const steps = [
  { id: '1', task: 'Find A' },
  { id: '2', task: 'Find B', depends_on: '1', tool_hint: ['send_mail'] },
]
const draft = textReply(JSON.stringify({ steps }))
const problem = callsReply({ id: 'p', name: 'report_problem', arguments: { problem: 'No B.' } })
const hang: Reply = { chunks: [{ hang: true }] }

/** The parts that the model plays in a plan, by what it is asked with. */
interface Cast {
  plan?: Reply
  replan?: (body: Json) => Reply
  first?: (text: string) => Reply
  second?: Reply
}

function play({ plan = draft, replan, first, second }: Cast): void {
  upstream.onRequest(({ json: body }) => {
    if (!body) return undefined
    const text = JSON.stringify((body as Json).messages)
    if (text.includes('The steps of a plan')) return textReply(`A: ${text.includes('A is 42.')}`)
    if (text.includes('did not work out')) return replan?.(body)
    if (text.includes('Make a plan for the user')) return plan
    if (text.includes('Step 1 of 2')) return first?.(text) ?? textReply('A is 42.')
    if (text.includes('Step 2 of 2')) return second ?? textReply('B is 43.')
    return textReply('What there is.')
  })
}

async function ask(more: object = {}): Promise<{ status: number; text: string; stop: string }> {
  const request = agentRequest('Find A and B', { agent_type: 'plan_execute', ...more })
  const { status, json } = await postJson(gateway, chatPath, request)
  return { status, text: json.choices?.[0].message.content, stop: json.x_agent?.stop_reason }
}

describe('a plan', () => {
  it('written loosely keeps all its steps', async () => {
    play({})
    expect(await ask()).toEqual({ status: 200, text: 'A: true', stop: 'final' })
    expect(upstream.journal.filter(({ method }) => method === 'POST')).toHaveLength(4)
  })

  it.each([
    ['says nothing', textReply('')],
    ['is down', errorReply(500, 'boom')],
    ['refuses', errorReply(400, 'no')],
  ])('whose model %s after a mail was sent does not send it again', async (_, trouble) => {
    const mail = callsReply({ id: 'm', name: 'send_mail', arguments: { to: 'ann' } })
    play({ first: (text) => (text.includes('is sent.') ? trouble : mail) })
    expect(await ask()).toMatchObject({ status: 200, stop: 'errors' })
    expect(sent).toEqual(['ann'])
  })

  it('that cannot be made anew is answered with what is done', async () => {
    play({
      second: problem,
      replan: (body) =>
        body.response_format ? errorReply(400, 'no response_format') : errorReply(500, 'boom'),
    })
    expect(await ask()).toEqual({ status: 200, text: 'A: true', stop: 'errors' })
  })

  it.each([
    ['first', { plan: hang }, 'What there is.'],
    ['second', { second: problem, replan: () => hang }, 'A: true'],
  ])('whose time is over while the %s one is made ends in an answer', async (_, cast, text) => {
    play(cast)
    const x_agent = { budget_ms: 2000 }
    expect(await ask({ x_agent })).toEqual({ status: 200, text, stop: 'budget' })
  })
})
