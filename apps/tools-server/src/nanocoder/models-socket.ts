import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { request } from 'undici'
import { AppError, toAppError, toErrorBody } from '@tandem/schemas'
import type { ModelsAccess } from '@tandem/tools'

/** A Unix socket on which a program without network may ask models, and nothing else. */
export interface ModelsSocket {
  path: string
  close(): Promise<void>
}

const maxBodyBytes = 16 * 2 ** 20
/** More than this no honest run asks. */
const maxQuestions = 500

/**
 * Chat completions go on to the main API with the call's own token, which the program never sees, and without the model
 * that it names: the main API knows which one the call is for.
 */
export async function openModelsSocket(
  models: ModelsAccess,
  { signal, within = tmpdir() }: { signal: AbortSignal; within?: string },
): Promise<ModelsSocket> {
  const folder = await mkdtemp(join(within, 'tandem-models-'))
  // Others may pass through, to a name that they cannot list or guess.
  await chmod(folder, 0o711)
  const path = join(folder, `${randomUUID()}.sock`)
  let asked = 0
  const server = createServer((req, res) => {
    asked += 1
    if (asked > maxQuestions) refuse(res, new AppError('rate_limit_exceeded'))
    else void answer(req, res, { models, signal })
  })
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await listen(server, path)
    await chmod(path, 0o666)
  } catch (error) {
    await remove()
    throw error
  }
  return {
    path,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await remove()
    },
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
}

interface AnswerOptions {
  models: ModelsAccess
  signal: AbortSignal
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  { models, signal }: AnswerOptions,
): Promise<void> {
  const gone = new AbortController()
  res.once('close', () => gone.abort())
  try {
    if (req.method !== 'POST' || req.url !== '/v1/chat/completions') {
      throw new AppError('not_found', { message: 'Only chat completions can be asked for here.' })
    }
    const { statusCode, headers, body } = await request(`${models.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${models.token}`, 'content-type': 'application/json' },
      body: withoutModel(await readAll(req)),
      signal: AbortSignal.any([signal, gone.signal]),
    })
    const contentType = String(headers['content-type'] ?? 'application/json')
    res.writeHead(statusCode, { 'content-type': contentType })
    await pipeline(body, res)
  } catch (thrown) {
    if (res.headersSent) res.destroy()
    else refuse(res, toAppError(thrown))
  }
}

function refuse(res: ServerResponse, error: AppError): void {
  res.writeHead(error.status, { 'content-type': 'application/json', connection: 'close' })
  res.end(JSON.stringify(toErrorBody(error)))
}

async function readAll(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw new AppError('request_too_large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function withoutModel(body: string): string {
  try {
    const { model: _model, ...question } = JSON.parse(body) as Record<string, unknown>
    return JSON.stringify(question)
  } catch (cause) {
    throw new AppError('invalid_json', { cause })
  }
}
