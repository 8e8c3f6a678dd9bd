import type { Request, RequestHandler, Response } from 'express'
import { addLogFields, contextOf, createSseWriter, readJsonObject, sendJson } from '@tandem/http'
import {
  AppError,
  parseInput,
  toAppError,
  toolCallRequestSchema,
  type ToolCallRequest,
  type ToolProgress,
  type ToolResult,
} from '@tandem/schemas'
import type { Tool, ToolContext } from '@tandem/tools'
import { callerOf } from '../auth/service-caller.ts'
import type { Deps } from '../deps.ts'
import { runTool } from '../run-tool.ts'

const maxBodyBytes = 8 * 2 ** 20

/** `POST /tools/{name}`: the result, or with `Accept: text/event-stream` progress events and then the result. */
export function callTool(deps: Deps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const tool = await findTool(deps, callerOf(res).sub, req.params.name)
    const call = parseInput(toolCallRequestSchema, await readJsonObject(req, maxBodyBytes))
    const args = tool.parse(call.arguments)
    const events = runTool(
      {
        tool,
        args,
        context: toContext(res, call),
        calls: deps.calls,
        onCrash: (err) =>
          deps.logger.error(
            { requestId: contextOf(res).requestId, tool: tool.name, err },
            'tool crashed',
          ),
      },
      contextOf(res).signal,
    )
    const logged = logResult(events, { res, tool })
    await (wantsEvents(req) ? sendEvents(logged, res, deps.keepaliveMs) : sendResult(logged, res))
  }
}

async function findTool({ toolbox }: Deps, owner: string, name: string): Promise<Tool> {
  const tool = await toolbox.find(owner, name)
  if (tool) return tool
  throw new AppError('tool_not_found', {
    message: `There is no tool '${name.slice(0, 64)}'.`,
    param: 'name',
  })
}

/** The service token says whom the call is for; nothing in the body can. */
function toContext(res: Response, call: ToolCallRequest): ToolContext {
  const { sub, session, run } = callerOf(res)
  return {
    owner: sub,
    sessionId: session,
    runId: run,
    callId: call.call_id,
    ...(call.attachments && { attachments: call.attachments }),
    models: { baseUrl: call.models?.base_url ?? '', token: call.models?.token ?? '' },
  }
}

function wantsEvents(req: Request<{ name: string }>): boolean {
  return (req.headers.accept ?? '').includes('text/event-stream')
}

async function* logResult(
  events: AsyncGenerator<ToolProgress, ToolResult>,
  { res, tool }: { res: Response; tool: Tool },
): AsyncGenerator<ToolProgress, ToolResult> {
  addLogFields(res, { tool: tool.name })
  const result = yield* events
  addLogFields(res, { result: result.error?.code ?? 'ok' })
  return result
}

async function sendResult(
  events: AsyncGenerator<ToolProgress, ToolResult>,
  res: Response,
): Promise<void> {
  let step = await events.next()
  while (!step.done) step = await events.next()
  sendJson(res, step.value)
}

async function sendEvents(
  events: AsyncGenerator<ToolProgress, ToolResult>,
  res: Response,
  keepaliveMs: number,
): Promise<void> {
  const writer = createSseWriter(res, { keepaliveMs })
  writer.open()
  try {
    let step = await events.next()
    for (; !step.done; step = await events.next())
      await writer.write(toFrame('progress', step.value))
    await writer.write(toFrame('result', step.value))
    writer.end()
  } catch (error) {
    writer.fail(toAppError(error))
  }
}

function toFrame(event: 'progress' | 'result', data: ToolProgress | ToolResult): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
