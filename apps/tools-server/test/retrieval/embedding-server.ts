/** An OpenAI-compatible `/v1/embeddings` of hashed words. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from '@jest/globals'
import { hashedVector } from './hashed-vector.ts'

export interface EmbeddingServer {
  /** Up to `/v1`. */
  url: string
  texts: string[]
  /** What it answers instead: a status, or nothing for a while. */
  fail: { status?: number; body?: unknown }
  close(): Promise<void>
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

export async function startEmbeddingServer(dimensions = 64): Promise<EmbeddingServer> {
  const texts: string[] = []
  const fail: EmbeddingServer['fail'] = {}
  const server = createServer((req, res) => {
    void answer(req, res)
  })
  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { input } = await readJson(req)
    texts.push(...input)
    res.statusCode = fail.status ?? 200
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(fail.body ?? toAnswer(input, dimensions)))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  closers.push(close)
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1`, texts, fail, close }
}

/** Backwards, as a server may: the index says whose each is. */
function toAnswer(input: string[], dimensions: number): unknown {
  const data = input.map((each, index) => ({
    object: 'embedding',
    index,
    embedding: hashedVector(each, dimensions),
  }))
  return { object: 'list', data: data.toReversed(), usage: { prompt_tokens: input.length } }
}

async function readJson(req: IncomingMessage): Promise<{ input: string[] }> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as { input: string[] }
}
