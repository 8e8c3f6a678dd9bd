import type { Express, RequestHandler } from 'express'
import type { Deps } from '../../deps.ts'
import {
  createRagCollection,
  deleteRagCollection,
  getRagCollection,
  listRagCollections,
  searchRagCollection,
} from './collections.ts'
import { addRagDocument, deleteRagDocument, getRagDocument, listRagDocuments } from './documents.ts'

const base = '/api/rag/collections'

/** `user` stands before what needs a credential. */
export function addRagRoutes(app: Express, deps: Deps, user: readonly RequestHandler[]): void {
  app.get(base, ...user, listRagCollections(deps))
  app.post(base, ...user, createRagCollection(deps))
  app.get(`${base}/:name`, ...user, getRagCollection(deps))
  app.delete(`${base}/:name`, ...user, deleteRagCollection(deps))
  app.post(`${base}/:name/search`, ...user, searchRagCollection(deps))

  app.get(`${base}/:name/documents`, ...user, listRagDocuments(deps))
  app.post(`${base}/:name/documents`, ...user, addRagDocument(deps))
  app.get(`${base}/:name/documents/:id`, ...user, getRagDocument(deps))
  app.delete(`${base}/:name/documents/:id`, ...user, deleteRagDocument(deps))
}
