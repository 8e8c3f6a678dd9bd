import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import OpenAI from 'openai'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { askAs, type Ask, type Json } from './ask-as.ts'
import { handbook } from './texts.ts'

let tools: ToolsProcess
let gateway: Gateway
let annKey = ''
let ann: Ask
let ben: Ask

beforeAll(async () => {
  tools = await spawnTools()
  gateway = await tools.gateway()
  annKey = await keyOf(gateway, 'ann')
  ann = askAs(gateway, annKey)
  ben = askAs(gateway, await keyOf(gateway, 'ben'))
  const form = new FormData()
  form.append('file', new Blob([handbook]), 'handbook.md')
  await ann('POST', '/api/rag/collections', { name: 'rules' })
  await ann('POST', '/api/rag/collections/rules/documents', form)
  const safe = { title: 'Safe', text: 'The safe is opened by two people together.' }
  await ann('POST', '/api/rag/collections/rules/documents', safe)
  for (;;) {
    const { body } = await ann('GET', '/api/rag/collections/rules')
    if (body.status === 'completed') break
    await sleep(20)
  }
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await tools.close()
})

async function rag(ask: Ask): Promise<Json> {
  const { body } = await ask('GET', '/tools')
  return body.tools.find(({ name }: Json) => name === 'rag')
}

const question = 'Search my documents: how many days of paid vacation do I get?'
const request = {
  model: 'demo/assistant',
  agent_type: 'react',
  messages: [{ role: 'user' as const, content: question }],
}

describe('an agent', () => {
  it('answers from the documents and cites them with links that open', async () => {
    const { body } = await ann('POST', '/v1/chat/completions', {
      ...request,
      available_tools: ['rag'],
    })
    const { content, annotations } = body.choices[0].message
    expect(body.x_agent.tools).toMatchObject([{ tool: 'rag', ok: true }])
    expect(content).toContain('27 days of paid vacation')
    const [first] = annotations
    expect(first).toEqual({
      type: 'url_citation',
      url_citation: {
        url: expect.stringContaining('/files/file-'),
        title: expect.stringMatching(/^handbook\.md, .*Leave/),
        start_index: expect.any(Number),
        end_index: expect.any(Number),
        file_id: expect.stringMatching(/^file-/),
        document_id: expect.stringMatching(/^doc_/),
        heading: expect.stringContaining('Leave'),
        quote: expect.stringContaining('27 days'),
      },
    })
    const { start_index, end_index, url } = first.url_citation
    expect(content.slice(start_index, end_index)).toBe('[1]')
    const opened = await fetch(`${gateway.url}${new URL(url).pathname}${new URL(url).search}`)
    expect(await opened.text()).toBe(handbook)
    // What the answer does not name is not cited.
    const numbers = annotations.map(({ url_citation: it }: Json) =>
      content.slice(it.start_index, it.end_index),
    )
    expect(numbers.every((marker: string) => /^\[\d\]$/.test(marker))).toBe(true)
  })

  it("streams the same to OpenAI's client", async () => {
    const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey: annKey, maxRetries: 0 })
    const asked = { ...request, available_tools: ['rag'], stream: true as const }
    let text = ''
    const annotations: Json[] = []
    for await (const chunk of await client.chat.completions.create(asked)) {
      const delta = chunk.choices[0]?.delta as Json
      text += delta?.content ?? ''
      annotations.push(...(delta?.annotations ?? []))
    }
    expect(annotations.length).toBeGreaterThan(0)
    for (const { url_citation: it } of annotations)
      expect(text.slice(it.start_index, it.end_index)).toMatch(/^\[\d\]$/)
  })

  it('cites a text that came without a file by where the API tells of it', async () => {
    const { body } = await ann('POST', '/v1/chat/completions', {
      ...request,
      available_tools: ['rag'],
      messages: [{ role: 'user', content: 'Search my documents: who opens the safe?' }],
    })
    const [first] = body.choices[0].message.annotations
    expect(first.url_citation.title).toBe('Safe')
    const path = new URL(first.url_citation.url).pathname
    expect((await ann('GET', path)).body).toMatchObject({ title: 'Safe', status: 'completed' })
    expect((await ben('GET', path)).body.error.code).toBe('collection_not_found')
  })
})

describe('for a user without documents the tool', () => {
  it('is listed as unavailable, with what to do', async () => {
    expect(await rag(ann)).toMatchObject({ available: true })
    expect(await rag(ben)).toMatchObject({
      available: false,
      reason: expect.stringMatching(/no collection/),
      remedy: expect.stringContaining('POST /api/rag/collections'),
    })
  })

  it('is not offered to an agent by itself', async () => {
    const { body } = await ben('POST', '/v1/chat/completions', request)
    expect(body.x_agent.tools.map(({ tool }: Json) => tool)).not.toContain('rag')
  })

  it('answers who names it, instead of failing the request', async () => {
    const { body } = await ben('POST', '/v1/chat/completions', {
      ...request,
      available_tools: ['rag', 'calculator'],
    })
    expect(body.x_agent.tools).toMatchObject([{ tool: 'rag', ok: true }])
    expect(body.choices[0].message.content).toMatch(/no collection of documents/)
    const { body: called } = await ben('POST', '/api/tools/rag', { query: 'vacation' })
    expect(called).toMatchObject({ result: { results: [] } })
    expect(called.content).toContain('POST /api/rag/collections')
  })
})
