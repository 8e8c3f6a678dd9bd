/** Runs one tool for a user, as every door to the tools does, and answers. */
import { randomUUID } from 'node:crypto'
import type { Request, Response } from 'express'
import { addLogFields, contextOf, createSseWriter, sendJson } from '@tandem/http'
import {
  AppError,
  toAppError,
  toWireArtifact,
  toWireResult,
  type ToolProgress,
  type ToolResult,
  type WireArtifact,
  type WireResult,
} from '@tandem/schemas'
import type { Tool, ToolContext } from '@tandem/tools'
import { principalOf } from '../../auth/authenticate.ts'
import { modelsBaseUrl } from '../../chat/agent/models-access.ts'
import type { Deps } from '../../deps.ts'
import { claimsOf } from './claims.ts'

export interface ToolRequest {
  name: string
  /** The arguments, once it is known what the tool is called with. @throws AppError */
  argumentsFor(tool: Tool): unknown
  session?: string | undefined
  /** The error where there is no such tool. */
  missing?: 'tool_not_found' | 'function_not_found'
  /** What is sent, from the result with its links. */
  toBody(result: LinkedResult, call: { name: string; callId: string }): object
}

/** A result whose files have links. */
export type LinkedResult = WireResult & {
  artifacts: (WireArtifact & { url: string; expires_at: number })[]
}

/** JSON, or with `Accept: text/event-stream` progress as events and then one `result`. A tool that fails is a result. */
export async function answerCall(
  { req, res, deps }: { req: Request; res: Response; deps: Deps },
  asked: ToolRequest,
): Promise<void> {
  const tool = await findTool(res, deps, asked)
  const args = tool.parse(asked.argumentsFor(tool))
  const callId = `call_${randomUUID()}`
  addLogFields(res, { tool: tool.name, callId })
  const { signal } = contextOf(res)
  const context = await toContext(res, deps, { session: asked.session, callId })
  const running = tool.run(args, context, { signal })
  const toBody = (result: ToolResult): object => {
    addLogFields(res, { result: result.error?.code ?? 'ok' })
    return asked.toBody(withLinks(result, res, deps), { name: tool.name, callId })
  }
  if (wantsEvents(req)) await sendEvents({ res, deps, running, toBody })
  else sendJson(res, toBody(await collect(running)))
}

async function findTool(
  res: Response,
  { toolsServer }: Deps,
  { name, session, missing = 'tool_not_found' }: ToolRequest,
): Promise<Tool> {
  const tools = await toolsServer.tools(claimsOf(res, session), contextOf(res))
  const tool = tools.find((candidate) => candidate.name === name)
  if (tool) return tool
  const what = missing === 'tool_not_found' ? 'tool' : 'function'
  throw new AppError(missing, {
    message: `There is no ${what} '${name.slice(0, 64)}'.`,
    param: 'name',
  })
}

/** A tool that needs a model asks this server for the same user, with the model that is used where none is named. */
async function toContext(
  res: Response,
  { auth, config, db }: Deps,
  { session, callId }: { session: string | undefined; callId: string },
): Promise<ToolContext> {
  const { userId } = principalOf(res)
  const known = session === undefined ? [] : await db.attachments.list(userId, session)
  const token = auth.modelsTokens.issue({ userId })
  return {
    owner: userId,
    ...(session !== undefined && { sessionId: session }),
    callId,
    models: { baseUrl: modelsBaseUrl(config), token },
    attachments: known.map((file) => file.file_id),
  }
}

function withLinks(result: ToolResult, res: Response, { fileLinks }: Deps): LinkedResult {
  const { userId } = principalOf(res)
  const artifacts = result.artifacts.map((artifact) => ({
    ...toWireArtifact(artifact),
    ...fileLinks.create(userId, { id: artifact.fileId, name: artifact.name }),
  }))
  return { ...toWireResult(result), artifacts }
}

function wantsEvents(req: Request): boolean {
  return (req.headers.accept ?? '').includes('text/event-stream')
}

async function collect(running: AsyncGenerator<ToolProgress, ToolResult>): Promise<ToolResult> {
  let step = await running.next()
  while (!step.done) step = await running.next()
  return step.value
}

interface Streaming {
  res: Response
  deps: Deps
  running: AsyncGenerator<ToolProgress, ToolResult>
  toBody: (result: ToolResult) => object
}

async function sendEvents({ res, deps, running, toBody }: Streaming): Promise<void> {
  const writer = createSseWriter(res, { keepaliveMs: deps.keepaliveMs })
  writer.open()
  try {
    let step = await running.next()
    for (; !step.done; step = await running.next())
      await writer.write(toFrame('progress', step.value))
    await writer.write(toFrame('result', toBody(step.value)))
    writer.end()
  } catch (error) {
    writer.fail(toAppError(error))
  }
}

function toFrame(event: 'progress' | 'result', data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
