/** Attachments in runs of agents: what their tools get to see. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  sseReply,
  startFakeModelServer,
  type CallSpec,
  type FakeModelServer,
} from '@tandem/testing'
import { describeSandbox } from '../support/describe-sandbox.ts'
import { spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'

type Json = ReturnType<typeof JSON.parse>

let tools: ToolsProcess
let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  tools = await spawnTools()
  upstream = await startFakeModelServer()
  gateway = await tools.gateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await upstream.close()
  await tools.close()
})
afterEach(() => upstream.reset())

const numbers = `n\n${Array.from({ length: 400 }, (_, at) => at + 1).join('\n')}\n`
const red =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

async function upload(content: string, name: string): Promise<string> {
  const form = new FormData()
  form.append('purpose', 'user_data')
  form.append('file', new Blob([content]), name)
  const headers = { authorization: gateway.headers['authorization'] ?? '' }
  const response = await fetch(`${gateway.baseUrl}/files`, { method: 'POST', headers, body: form })
  return ((await response.json()) as Json).id
}

function script(...calls: CallSpec[]): void {
  for (const call of calls) upstream.reply(sseReply(chatChunks({ toolCalls: [call] })))
  upstream.reply(sseReply(chatChunks({ content: 'Done.' })))
}

async function run(body: object): Promise<Json> {
  const response = await gateway.post('/v1/chat/completions', {
    model: 'lmstudio/fake-model',
    agent_type: 'react',
    ...body,
  })
  return response.json()
}

const asked = (): Json[] => upstream.journal.flatMap(({ json }) => (json ? [json] : []))

/** What the tools said, in order, as the model read it last. */
const results = (): string[] =>
  asked()
    .at(-1)
    .messages.filter(({ role }: Json) => role === 'tool')
    .map(({ content }: Json) => content)

describe('read_attachment', () => {
  it('reads on where the excerpt ends, by name and by lines', async () => {
    const id = await upload(numbers, 'numbers.csv')
    script(
      { name: 'read_attachment', arguments: { file: 'numbers.csv', lines: '399-' } },
      { name: 'read_attachment', arguments: { file: id, lines: '2' } },
      { name: 'read_attachment', arguments: { file: 'other.csv' } },
      { name: 'read_attachment', arguments: { file: id, lines: 'all of them' } },
    )
    await run({ attachments: [id], messages: [{ role: 'user', content: 'What comes last?' }] })
    const [last, second, missing, wrong] = results()
    expect(last).toMatch(/lines from 399 to the end of 401[^]*\n398\n399\n400$/)
    expect(second).toMatch(/\n1\n\nIt goes on: read it with lines 3-\.$/)
    expect(missing).toContain(`Files of the conversation: numbers.csv (${id})`)
    expect(wrong).toContain('Give pages or lines')
  })

  it('is named beside the files', async () => {
    const id = await upload(numbers, 'numbers.csv')
    script()
    await run({ attachments: [id], messages: [{ role: 'user', content: 'Hi' }] })
    const prompt = JSON.stringify(asked()[0].messages)
    expect(prompt).toContain('400 rows')
    expect(prompt).toContain('read_attachment reads all of them.')
  })
})

describeSandbox('python_coder', () => {
  it('has the files of the conversation in its folder, also in later turns', async () => {
    const id = await upload(numbers, 'numbers.csv')
    const code = "print(sum(int(line) for line in open('numbers.csv').readlines()[1:]))"
    const session_id = 'sums'
    const messages = [{ role: 'user', content: 'Sum it.' }]
    script({ name: 'python_coder', arguments: { code } })
    await run({ session_id, attachments: [id], messages })
    expect(results()[0]).toContain('80200')
    script({ name: 'python_coder', arguments: { code } })
    await run({ session_id, messages })
    expect(results().at(-1)).toContain('80200')
  }, 60_000)

  it('keeps what it made of them', async () => {
    const id = await upload('a\n', 'list.txt')
    const write = "open('list.txt', 'a').write('b\\n')"
    const session_id = 'writes'
    const messages = [{ role: 'user', content: 'Go on.' }]
    script({ name: 'python_coder', arguments: { code: write } })
    await run({ session_id, attachments: [id], messages })
    script({ name: 'python_coder', arguments: { code: "print(open('list.txt').read().split())" } })
    await run({ session_id, messages })
    expect(results().at(-1)).toContain("['a', 'b']")
  }, 60_000)

  it('has pictures that came in the message, which stay for the model to see', async () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${red}` } }
    script({
      name: 'python_coder',
      arguments: { code: "print(open('image-1.png','rb').read()[1:4])" },
    })
    await run({ messages: [{ role: 'user', content: [{ type: 'text', text: 'See?' }, image] }] })
    expect(results()[0]).toContain("b'PNG'")
    const first = asked()[0]
    const said = first.messages.find(({ role }: Json) => role === 'user').content
    expect(said).toContainEqual(image)
    expect(said[0].text).toContain('1 x 1 pixels')
  }, 60_000)

  it("has nobody else's, whatever the call says", async () => {
    const id = await upload(numbers, 'numbers.csv')
    const made = await gateway.post('/api/users', {
      username: 'eve',
      password: 'the password of eve',
    })
    expect(made.status).toBe(201)
    const { id: eve } = (await made.json()) as { id: string }
    const call = gateway.deps.toolsServer.tools({ sub: eve }, { signal: AbortSignal.timeout(5000) })
    const python = (await call).find(({ name }) => name === 'python_coder')!
    const context = {
      owner: eve,
      callId: 'call_1',
      models: { baseUrl: '', token: '' },
      attachments: [id],
    }
    const code = 'import os; print(sorted(os.listdir()))'
    const steps = python.run({ code }, context, { signal: AbortSignal.timeout(30_000) })
    let step = await steps.next()
    while (!step.done) step = await steps.next()
    expect(step.value.content).toContain('[]')
  }, 60_000)
})

describe('the demo', () => {
  it('answers as an agent from what it is told', async () => {
    const attachments = [await upload(numbers, 'numbers.csv')]
    const body = await run({
      model: 'demo/assistant',
      attachments,
      messages: [{ role: 'user', content: 'How many rows does the file have?' }],
    })
    expect(body.choices[0].message.content).toContain('400 rows')
  })
})
