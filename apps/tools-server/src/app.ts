import type { Express } from 'express'
import {
  createApp,
  errorHandler,
  notFound,
  refuseUnlessReady,
  reportTo,
  requestContext,
  requestLog,
  securityHeaders,
} from '@tandem/http'
import { requireServiceToken } from './auth/service-caller.ts'
import type { Deps } from './deps.ts'
import { callTool } from './routes/call-tool.ts'
import { addCollectionRoutes } from './routes/collections/collection-routes.ts'
import { addInlineAttachment, describeAttachments } from './routes/attachments.ts'
import { createEmbeddingsRoute, listEmbeddingModels } from './routes/embeddings.ts'
import {
  getFile,
  getFileContent,
  listFiles,
  putFile,
  removeFile,
  uploadFile,
} from './routes/files.ts'
import { listFunctions, registerFunction, removeFunction } from './routes/functions.ts'
import { alive, ready, report } from './routes/health.ts'
import { listTools } from './routes/list-tools.ts'
import { removeOwner, removeSession } from './routes/removals.ts'
import { makeSlides } from './routes/slides.ts'

const probes = new Set(['/healthz', '/readyz'])

/** The tools server: middlewares, then routes in reading order, then what catches. */
export function createToolsApp(deps: Deps): Express {
  const app = createApp()
  app.use(requestContext(deps.open))
  app.use(requestLog(deps.logger, (path) => probes.has(path)))
  app.use(securityHeaders({ https: false }))

  app.get('/healthz', alive(deps))
  app.get('/readyz', ready(deps))

  app.use(requireServiceToken(deps.serviceSecret))
  app.use(refuseUnlessReady(deps.lifecycle))
  app.get('/health', report(deps))
  app.get('/tools', listTools(deps))
  app.post('/tools/:name', callTool(deps))
  app.post('/slides', makeSlides(deps))

  app.post('/files', uploadFile(deps))
  app.get('/files', listFiles(deps))
  app.get('/files/:id', getFile(deps))
  app.get('/files/:id/content', getFileContent(deps))
  app.put('/files/:id', putFile(deps))
  app.delete('/files/:id', removeFile(deps))

  addCollectionRoutes(app, deps)

  app.post('/attachments', describeAttachments(deps))
  app.post('/attachments/inline', addInlineAttachment(deps))

  app.get('/functions', listFunctions(deps))
  app.post('/functions', registerFunction(deps))
  app.delete('/functions/:name', removeFunction(deps))

  app.get('/embeddings/models', listEmbeddingModels(deps))
  app.post('/embeddings', createEmbeddingsRoute(deps))

  app.delete('/session', removeSession(deps))
  app.delete('/owner', removeOwner(deps))

  app.use(notFound(app))
  app.use(errorHandler(reportTo(deps.logger)))
  return app
}
