import type { Express, RequestHandler } from 'express'
import type { Deps } from '../../deps.ts'
import { inVectorStoreWords } from './errors.ts'
import {
  cancelFileBatch,
  createFileBatch,
  getFileBatch,
  listFileBatchFiles,
} from './file-batches.ts'
import { getVectorStoreFileContent } from './file-content.ts'
import {
  createVectorStoreFile,
  deleteVectorStoreFile,
  getVectorStoreFile,
  listVectorStoreFiles,
  updateVectorStoreFile,
} from './files.ts'
import { searchVectorStore } from './search.ts'
import {
  createVectorStore,
  deleteVectorStore,
  getVectorStore,
  listVectorStores,
  updateVectorStore,
} from './vector-stores.ts'

const base = '/v1/vector_stores'

/** `user` stands before what needs a credential. */
export function addVectorStoreRoutes(
  app: Express,
  deps: Deps,
  user: readonly RequestHandler[],
): void {
  app.post(base, ...user, createVectorStore(deps))
  app.get(base, ...user, listVectorStores(deps))
  app.get(`${base}/:id`, ...user, getVectorStore(deps))
  app.post(`${base}/:id`, ...user, updateVectorStore(deps))
  app.delete(`${base}/:id`, ...user, deleteVectorStore(deps))
  app.post(`${base}/:id/search`, ...user, searchVectorStore(deps))

  app.post(`${base}/:id/files`, ...user, createVectorStoreFile(deps))
  app.get(`${base}/:id/files`, ...user, listVectorStoreFiles(deps))
  app.get(`${base}/:id/files/:file`, ...user, getVectorStoreFile(deps))
  app.post(`${base}/:id/files/:file`, ...user, updateVectorStoreFile(deps))
  app.delete(`${base}/:id/files/:file`, ...user, deleteVectorStoreFile(deps))
  app.get(`${base}/:id/files/:file/content`, ...user, getVectorStoreFileContent(deps))

  app.post(`${base}/:id/file_batches`, ...user, createFileBatch(deps))
  app.get(`${base}/:id/file_batches/:batch`, ...user, getFileBatch(deps))
  app.post(`${base}/:id/file_batches/:batch/cancel`, ...user, cancelFileBatch(deps))
  app.get(`${base}/:id/file_batches/:batch/files`, ...user, listFileBatchFiles(deps))

  app.use(base, inVectorStoreWords())
}
