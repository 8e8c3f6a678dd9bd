import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { expectErrorBody } from '../support/read-error.ts'
import { spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import { apiKey, startGateway, type Gateway } from '../support/start-gateway.ts'

const weights = process.env['MODELS_DIR'] ?? ''
const hasWeights = existsSync(join(weights, 'Xenova/all-MiniLM-L6-v2/onnx/model_quantized.onnx'))
const model = 'local/all-MiniLM-L6-v2'

;(hasWeights ? describe : describe.skip)('with weights', () => {
  let tools: ToolsProcess
  let gateway: Gateway
  let client: OpenAI
  beforeAll(async () => {
    tools = await spawnTools({ MODELS_DIR: weights })
    gateway = await tools.gateway()
    client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 0 })
  }, 60_000)
  afterAll(async () => {
    await gateway.close()
    await tools.close()
  })

  test("OpenAI's client gets vectors of length 1, the same as floats and as base64", async () => {
    const input = ['A cat sits on the mat.', 'A kitten rests on the rug.', 'Interest rates rose.']
    const encoded = await client.embeddings.create({ model, input })
    const floats = await client.embeddings.create({ model, input, encoding_format: 'float' })
    expect(encoded.data).toHaveLength(3)
    expect(encoded.usage.prompt_tokens).toBeGreaterThan(15)
    for (const [at, { embedding }] of encoded.data.entries()) {
      expect(embedding).toHaveLength(384)
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 4)
      expect(embedding[7]).toBeCloseTo(floats.data[at]?.embedding[7] ?? 9, 5)
    }
    const dot = (a: number, b: number): number =>
      (encoded.data[a]?.embedding ?? []).reduce(
        (sum, x, i) => sum + x * (encoded.data[b]?.embedding[i] ?? 0),
        0,
      )
    expect(dot(0, 1)).toBeGreaterThan(dot(0, 2) + 0.3)
  })

  test('it is in the list of models, and answers to its bare name', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id)
    expect(ids).toContain(model)
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, owned_by: 'tandem' })
    const { data } = await client.embeddings.create({ model: 'all-MiniLM-L6-v2', input: 'x' })
    expect(data).toHaveLength(1)
  })

  test.each([
    ['token ids', { input: [1, 2, 3] }, 'unsupported_parameter'],
    ['another length', { input: 'x', dimensions: 100 }, 'unsupported_parameter'],
    ['an empty text', { input: '' }, 'invalid_request'],
  ])('refuses %s with the reason', async (_, body, code) => {
    const response = await gateway.post('/v1/embeddings', { model, ...body })
    expect(response.status).toBe(400)
    expect(expectErrorBody(await response.text())).toMatchObject({ code })
  })

  test('the health report says how documents are found', async () => {
    let health = await readHealth(gateway)
    // The report leaves out what a busy tools server does not say in time.
    for (let tries = 0; tries < 5 && !health.tools_server.knowledge; tries += 1)
      health = await readHealth(gateway)
    expect(health.tools_server).toMatchObject({
      status: 'ok',
      knowledge: { embedding: 'ready', model, index: expect.stringMatching(/^(faiss|exact)$/) },
    })
    expect(JSON.stringify(health)).not.toContain(weights)
  })

  test('counts what was used', async () => {
    await client.embeddings.create({ model, input: 'count me' })
    const line = gateway.logs.findLast((entry) => entry['path'] === '/v1/embeddings')
    expect(line).toMatchObject({ provider: 'local', model: 'all-MiniLM-L6-v2' })
    await gateway.deps.usage.flush()
    const from = Date.now() - 60_000
    const sums = await gateway.deps.db.usage.summarizeAll({
      from,
      to: Date.now() + 1,
      groupBy: ['model'],
    })
    expect(sums).toMatchObject([{ model: 'all-MiniLM-L6-v2', estimated: 0 }])
    expect(sums[0]!.promptTokens).toBeGreaterThan(0)
  })
})

test('without a tools server the model is a 503, and other models are listed', async () => {
  const gateway = await startGateway()
  const response = await gateway.post('/v1/embeddings', { model, input: 'x' })
  expect(response.status).toBe(503)
  expect(expectErrorBody(await response.text())).toMatchObject({ code: 'tools_unavailable' })
  const list = (await (await gateway.get('/v1/models')).json()) as { data: { id: string }[] }
  expect(list.data.map(({ id }) => id)).not.toContain(model)
  await gateway.close()
})

async function readHealth({ url }: Gateway): Promise<{ tools_server: { knowledge?: object } }> {
  const response = await fetch(`${url}/health`)
  return (await response.json()) as { tools_server: { knowledge?: object } }
}
