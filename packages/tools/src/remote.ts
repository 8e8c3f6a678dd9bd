import { request } from 'undici'
import {
  AppError,
  parseInput,
  toolListSchema,
  type ServiceClaims,
  type ToolDescription,
} from '@tandem/schemas'
import { fromParameters } from './arguments.ts'
import { createConnection, type Connection, type ToolsClientOptions } from './connection.ts'
import { callRemote } from './remote-call.ts'
import type { Tool } from './types.ts'

/** The tools server as the main API sees it. */
export interface ToolsClient {
  /** @throws AppError `tools_unavailable` */
  list(claims: ServiceClaims, options: { signal: AbortSignal }): Promise<ToolDescription[]>
  /**
   * The same tools as local ones. Their `run` never throws but for aborts: a tools server that is down, or that breaks
   * off, is a result with the error `tools_unavailable`.
   * @throws AppError `tools_unavailable` when they cannot be listed
   */
  tools(claims: ServiceClaims, options: { signal: AbortSignal }): Promise<Tool[]>
  close(): Promise<void>
}

export function createToolsClient(options: ToolsClientOptions): ToolsClient {
  const connection = createConnection(options)
  const list: ToolsClient['list'] = (claims, { signal }) => listRemote(connection, claims, signal)
  return {
    list,
    async tools(claims, options) {
      const descriptions = await list(claims, options)
      return descriptions.map((description) => toTool(connection, description))
    },
    close: () => connection.dispatcher.destroy(),
  }
}

async function listRemote(
  connection: Connection,
  claims: ServiceClaims,
  signal: AbortSignal,
): Promise<ToolDescription[]> {
  try {
    const { statusCode, body } = await request(connection.url('/tools'), {
      dispatcher: connection.dispatcher,
      headers: { authorization: `Bearer ${connection.token(claims)}` },
      signal,
    })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`GET /tools answered ${statusCode}: ${text}`)
    return parseInput(toolListSchema, JSON.parse(text)).tools
  } catch (cause) {
    signal.throwIfAborted()
    throw new AppError('tools_unavailable', { cause })
  }
}

function toTool(connection: Connection, description: ToolDescription): Tool {
  const schema = fromParameters(description.parameters)
  const { name, parameters, traits, available } = description
  return {
    name,
    description: description.description,
    parameters,
    traits,
    available: () => available,
    parse: (input) => parseInput(schema, input),
    run: (args, context, { signal }) =>
      callRemote({ connection, name, traits }, { args, context }, signal),
  }
}
