import type { Express } from 'express'
import type { Deps } from '../../deps.ts'
import { cancelBatch, createBatch, getBatch } from './batches.ts'
import {
  createCollection,
  getCollection,
  listCollections,
  removeCollection,
  updateCollection,
} from './collections.ts'
import {
  addDocument,
  getDocument,
  getDocumentText,
  listDocuments,
  removeDocument,
  updateDocument,
} from './documents.ts'
import { searchCollections } from './search.ts'
import { uploadDocument } from './upload-document.ts'

export function addCollectionRoutes(app: Express, deps: Deps): void {
  app.get('/collections', listCollections(deps))
  app.post('/collections', createCollection(deps))
  app.get('/collections/:id', getCollection(deps))
  app.post('/collections/:id', updateCollection(deps))
  app.delete('/collections/:id', removeCollection(deps))

  app.get('/collections/:id/documents', listDocuments(deps))
  app.post('/collections/:id/documents', addDocument(deps))
  app.post('/collections/:id/uploads', uploadDocument(deps))
  app.get('/collections/:id/documents/:document', getDocument(deps))
  app.get('/collections/:id/documents/:document/content', getDocumentText(deps))
  app.post('/collections/:id/documents/:document', updateDocument(deps))
  app.delete('/collections/:id/documents/:document', removeDocument(deps))

  app.post('/collections/:id/batches', createBatch(deps))
  app.get('/collections/:id/batches/:batch', getBatch(deps))
  app.post('/collections/:id/batches/:batch/cancel', cancelBatch(deps))

  app.post('/searches', searchCollections(deps))
}
