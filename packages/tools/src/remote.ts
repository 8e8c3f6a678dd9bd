import { z } from 'zod'
import {
  parseInput,
  toolListSchema,
  type ServiceClaims,
  type ToolDescription,
  type ToolList,
} from '@tandem/schemas'
import { createCheckers } from './arguments.ts'
import { createConnection, type Connection, type ToolsClientOptions } from './connection.ts'
import { callRemote } from './remote-call.ts'
import { createCollectionsClient, type CollectionsClient } from './remote-collections.ts'
import { createDocumentsClient, type DocumentsClient } from './remote-documents.ts'
import { createEmbeddingsClient, type EmbeddingsClient } from './remote-embeddings.ts'
import { createFilesClient, type FilesClient } from './remote-files.ts'
import { createFunctionsClient, type FunctionsClient } from './remote-functions.ts'
import { callJson, removedSchema } from './remote-http.ts'
import { createSlidesClient, type SlidesClient } from './remote-slides.ts'
import type { Tool } from './types.ts'

/** The tools server as the main API sees it. */
export interface ToolsClient {
  /** @throws AppError `tools_unavailable` */
  list(claims: ServiceClaims, options: { signal: AbortSignal }): Promise<ToolDescription[]>
  /** The same, and the plugins that could not be loaded. */
  inventory(claims: ServiceClaims, options: { signal: AbortSignal }): Promise<ToolList>
  /**
   * The same tools as local ones. Their `run` never throws but for aborts: a tools server that is down, or that breaks
   * off, is a result with the error `tools_unavailable`.
   * @throws AppError `tools_unavailable` when they cannot be listed
   */
  tools(claims: ServiceClaims, options: { signal: AbortSignal }): Promise<Tool[]>
  /** What holds there, for people to look at. @throws AppError `tools_unavailable` */
  report(options: { signal: AbortSignal }): Promise<ToolsReport>
  files: FilesClient
  collections: CollectionsClient
  functions: FunctionsClient
  embeddings: EmbeddingsClient
  slides: SlidesClient
  documents: DocumentsClient
  /** What the session's runs made. @throws AppError `tools_unavailable` */
  removeSession(owner: string, sessionId: string, options: { signal: AbortSignal }): Promise<void>
  /** All that the user has there. @throws AppError `tools_unavailable` */
  removeOwner(owner: string, options: { signal: AbortSignal }): Promise<void>
  close(): Promise<void>
}

/** How documents are found there. */
const reportSchema = z.object({
  knowledge: z.object({
    embedding: z.object({ state: z.string(), model: z.string().optional() }),
    index: z.object({ engine: z.string(), type: z.string() }),
  }),
})
export type ToolsReport = z.infer<typeof reportSchema>

export function createToolsClient(options: ToolsClientOptions): ToolsClient {
  const connection = createConnection(options)
  const checkerOf = createCheckers()
  const inventory: ToolsClient['inventory'] = (claims, { signal }) =>
    callJson(connection, { method: 'GET', path: '/tools', claims, schema: toolListSchema }, signal)
  return {
    inventory,
    list: async (claims, options) => (await inventory(claims, options)).tools,
    async tools(claims, options) {
      const { tools } = await inventory(claims, options)
      return tools.map((description) => toTool(connection, description, checkerOf))
    },
    report: ({ signal }) => {
      const call = { method: 'GET', path: '/health', claims: { sub: 'health' } } as const
      return callJson(connection, { ...call, schema: reportSchema }, signal)
    },
    files: createFilesClient(connection),
    collections: createCollectionsClient(connection),
    functions: createFunctionsClient(connection),
    embeddings: createEmbeddingsClient(connection),
    slides: createSlidesClient(connection),
    documents: createDocumentsClient(connection),
    async removeSession(sub, session, { signal }) {
      const call = { method: 'DELETE', path: '/session', claims: { sub, session } } as const
      await callJson(connection, { ...call, schema: removedSchema }, signal)
    },
    async removeOwner(sub, { signal }) {
      const call = { method: 'DELETE', path: '/owner', claims: { sub } } as const
      await callJson(connection, { ...call, schema: removedSchema }, signal)
    },
    close: () => connection.dispatcher.destroy(),
  }
}

function toTool(
  connection: Connection,
  description: ToolDescription,
  checkerOf: ReturnType<typeof createCheckers>,
): Tool {
  const { name, parameters, traits, available } = description
  return {
    name,
    description: description.description,
    parameters,
    traits,
    available: () => available,
    parse: (input) => parseInput(checkerOf(parameters), input),
    run: (args, context, { signal }) =>
      callRemote({ connection, name, traits }, { args, context }, signal),
  }
}
