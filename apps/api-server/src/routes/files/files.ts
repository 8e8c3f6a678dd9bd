/** OpenAI's Files API, over the tools server's store. */
import type { RequestHandler } from 'express'
import { contextOf, sendJson } from '@tandem/http'
import { fileQuerySchema, parseInput, type FileList, type FileObject } from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'
import { sendContent } from './send-content.ts'

/** Read and checked at once: ten thousand would hold up other requests. */
const pageSize = 500

/** `GET /v1/files` */
export function listFiles({ toolsServer }: Deps): RequestHandler {
  return async (req, res) => {
    const query = parseInput(fileQuerySchema, req.query)
    const data: FileObject[] = []
    let page: FileList
    do {
      const after = data.at(-1)?.id ?? query.after
      const limit = Math.min(pageSize, query.limit - data.length)
      const part = { ...query, limit, after }
      page = await toolsServer.files.list(claimsOf(res), part, contextOf(res))
      data.push(...page.data)
    } while (page.has_more && data.length < query.limit)
    const ends = { first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null }
    const list: FileList = { object: 'list', data, has_more: page.has_more, ...ends }
    sendJson(res, list)
  }
}

/** `GET /v1/files/{id}` */
export function getFile({ toolsServer }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    sendJson(res, await toolsServer.files.get(claimsOf(res), req.params.id, contextOf(res)))
  }
}

/** `GET /v1/files/{id}/content` */
export function getFileContent({ toolsServer }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const content = toolsServer.files.content(claimsOf(res), req.params.id, contextOf(res))
    await sendContent(res, await content)
  }
}

/** `DELETE /v1/files/{id}` */
export function removeFile({ toolsServer, db }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    await db.attachments.forget(principalOf(res).userId, id)
    await toolsServer.files.remove(claimsOf(res), id, contextOf(res))
    sendJson(res, { id, object: 'file', deleted: true })
  }
}

/** `POST /v1/files/{id}/link`: a link that opens without a key, for a while. */
export function linkFile({ toolsServer, fileLinks }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const file = await toolsServer.files.get(claimsOf(res), req.params.id, contextOf(res))
    const named = { id: file.id, name: file.filename }
    sendJson(res, fileLinks.create(principalOf(res).userId, named))
  }
}

/** `GET /files/{id}/{name}`: what such a link opens. The name is for people and is not looked at. */
export function openLink({
  toolsServer,
  fileLinks,
}: Deps): RequestHandler<{ id: string; name: string }> {
  return async (req, res) => {
    const { id } = req.params
    const owner = fileLinks.verify(id, req.query)
    const content = await toolsServer.files.content({ sub: owner }, id, contextOf(res))
    // A chat client on another origin shows the picture; whoever has the link may see it anyway.
    res.setHeader('cross-origin-resource-policy', 'cross-origin')
    await sendContent(res, content)
  }
}
