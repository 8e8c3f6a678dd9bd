import type { Readable } from 'node:stream'
import {
  fileListSchema,
  fileObjectSchema,
  fileRemovedSchema,
  type FileList,
  type FileObject,
  type ServiceClaims,
} from '@tandem/schemas'
import type { Connection } from './connection.ts'
import { callHttp, callJson, toQuery, toSegment, type RemoteRequest } from './remote-http.ts'

interface Abortable {
  signal: AbortSignal
}

/** A multipart form on its way through. */
export interface RemoteUpload {
  body: AsyncIterable<Uint8Array>
  /** With the form's boundary. */
  contentType: string
  /** Where the caller said how long the form is. */
  contentLength?: number | undefined
}

export interface RemoteContent {
  /** Type, length and name, as HTTP headers. */
  headers: Record<string, string>
  /** Read it to its end or destroy it. */
  body: Readable
}

/** The file store of the tools server, for one user. All throw AppError: `file_not_found`, `tools_unavailable`, … */
export interface FilesClient {
  upload(claims: ServiceClaims, upload: RemoteUpload, options: Abortable): Promise<FileObject>
  /** Keeps bytes as a file of the claims' session, under an id of `newFileId`. */
  put(
    claims: ServiceClaims,
    file: { id: string; name: string; bytes: Buffer },
    options: Abortable,
  ): Promise<FileObject>
  /** `query` as `GET /v1/files` has it. */
  list(
    claims: ServiceClaims,
    query: Record<string, string | number | undefined>,
    options: Abortable,
  ): Promise<FileList>
  get(claims: ServiceClaims, id: string, options: Abortable): Promise<FileObject>
  content(claims: ServiceClaims, id: string, options: Abortable): Promise<RemoteContent>
  remove(claims: ServiceClaims, id: string, options: Abortable): Promise<void>
}

export function createFilesClient(connection: Connection): FilesClient {
  return {
    upload: (claims, upload, { signal }) => {
      const call = { ...toUploadRequest(upload), method: 'POST', path: '/files', claims } as const
      return callJson(connection, { ...call, schema: fileObjectSchema }, signal)
    },
    put: (claims, { id, name, bytes }, { signal }) => {
      const path = `${pathOf(id)}?${toQuery({ name })}`
      const call = { method: 'PUT', path, claims, body: bytes } as const
      return callJson(connection, { ...call, schema: fileObjectSchema }, signal)
    },
    list: (claims, query, { signal }) => {
      const path = `/files?${toQuery(query)}`
      return callJson(connection, { method: 'GET', path, claims, schema: fileListSchema }, signal)
    },
    get: (claims, id, { signal }) => {
      const path = pathOf(id)
      return callJson(connection, { method: 'GET', path, claims, schema: fileObjectSchema }, signal)
    },
    content: (claims, id, { signal }) => readContent(connection, { claims, id }, signal),
    async remove(claims, id, { signal }) {
      const call = { method: 'DELETE', path: pathOf(id), claims } as const
      await callJson(connection, { ...call, schema: fileRemovedSchema }, signal)
    },
  }
}

export function toUploadRequest({
  body,
  contentType,
  contentLength,
}: RemoteUpload): Pick<RemoteRequest, 'headers' | 'body'> {
  const headers: Record<string, string> = { 'content-type': contentType }
  if (contentLength !== undefined) headers['content-length'] = String(contentLength)
  // undici takes any async iterable, which its types call a stream.
  return { headers, body: body as Readable }
}

function pathOf(id: string): string {
  return `/files/${toSegment(id)}`
}

const contentHeaders = ['content-type', 'content-length', 'content-disposition']

async function readContent(
  connection: Connection,
  { claims, id }: { claims: ServiceClaims; id: string },
  signal: AbortSignal,
): Promise<RemoteContent> {
  const call = { method: 'GET', path: `${pathOf(id)}/content`, claims } as const
  const { headers, body } = await callHttp(connection, call, signal)
  const passed = contentHeaders.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return { headers: Object.fromEntries(passed), body }
}
