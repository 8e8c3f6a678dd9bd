import type { Express, RequestHandler } from 'express'
import {
  corsFor,
  createApp,
  inOneLayer,
  errorHandler,
  notFound,
  refuseUnlessReady,
  reportTo,
  requestContext,
  requestLog,
  securityHeaders,
} from '@tandem/http'
import { allowModelsToken } from './auth/allow-models-token.ts'
import { adminOnly, authenticate } from './auth/authenticate.ts'
import type { Deps } from './deps.ts'
import { exportSession, getHistory } from './routes/chat/history.ts'
import { deleteSession, listSessions, renameSession } from './routes/chat/sessions.ts'
import { limitRequests } from './limits/limit-requests.ts'
import { addAccountRoutes } from './routes/accounts/account-routes.ts'
import {
  getFile,
  getFileContent,
  linkFile,
  listFiles,
  openLink,
  removeFile,
} from './routes/files/files.ts'
import { uploadFile } from './routes/files/upload.ts'
import { decideApprovals } from './routes/agent/approvals.ts'
import { runEvents } from './routes/agent/run-events.ts'
import { cancelRun, getRun, listRuns } from './routes/agent/runs.ts'
import { docsAssets, docsPage, openApiDocument } from './routes/docs/docs.ts'
import { alive, health, ready, version } from './routes/health.ts'
import { indexPage } from './routes/index-page.ts'
import { chatCompletions } from './routes/openai/chat-completions.ts'
import { completions } from './routes/openai/completions.ts'
import { embeddings } from './routes/openai/embeddings.ts'
import { getModel, listModels } from './routes/openai/models.ts'
import { addRagRoutes } from './routes/rag/rag-routes.ts'
import { makeSlides } from './routes/slides/make-slides.ts'
import {
  executeFunction,
  listFunctions,
  registerFunction,
  unregisterFunction,
} from './routes/tools/functions.ts'
import { callNamedTool, callTool, listTools } from './routes/tools/tools.ts'
import { addVectorStoreRoutes } from './routes/vector-stores/vector-store-routes.ts'
import { allUsage, ownUsage } from './routes/usage.ts'

const probes = new Set(['/healthz', '/readyz'])

/** The main API: middlewares, then routes in reading order, then what catches. */
export function createApiApp(deps: Deps): Express {
  const app = createApp()
  app.set('trust proxy', deps.config.trustProxy)
  app.use(arrival(deps))

  const whenReady = refuseUnlessReady(deps.lifecycle)
  const auth = authenticate({ ...deps.auth, db: deps.db, now: deps.now })
  const admin = adminOnly()
  const limited = limitRequests(deps.config)
  const authOrTool = allowModelsToken(auth, { ...deps.auth, db: deps.db })
  // First, since the router tries one after the other, and most requests come here.
  app.post('/v1/chat/completions', whenReady, authOrTool, limited, chatCompletions(deps))

  app.get('/healthz', alive())
  app.get('/readyz', ready(deps))
  app.use(whenReady)

  app.get('/v1/models', auth, limited, listModels(deps))
  app.get('/v1/models/*id', auth, limited, getModel(deps))
  app.post('/v1/embeddings', auth, limited, embeddings(deps))
  app.post('/v1/completions', auth, limited, completions(deps))

  app.get('/api/chat/sessions', auth, limited, listSessions(deps))
  app.patch('/api/chat/sessions/:id', auth, limited, renameSession(deps))
  app.delete('/api/chat/sessions/:id', auth, limited, deleteSession(deps))
  app.get('/api/chat/sessions/:id/export', auth, limited, exportSession(deps))
  app.get('/api/chat/history/:id', auth, limited, getHistory(deps))

  app.get('/api/agent/runs', auth, limited, listRuns(deps))
  app.get('/api/agent/runs/:id', auth, limited, getRun(deps))
  app.get('/api/agent/runs/:id/events', auth, limited, runEvents(deps))
  app.post('/api/agent/runs/:id/cancel', auth, limited, cancelRun(deps))
  app.post('/api/agent/runs/:id/approvals', auth, limited, decideApprovals(deps))

  addAccountRoutes(app, deps, [auth, limited])

  app.post('/v1/files', auth, limited, uploadFile(deps))
  app.get('/v1/files', auth, limited, listFiles(deps))
  app.get('/v1/files/:id', auth, limited, getFile(deps))
  app.get('/v1/files/:id/content', auth, limited, getFileContent(deps))
  app.post('/v1/files/:id/link', auth, limited, linkFile(deps))
  app.delete('/v1/files/:id', auth, limited, removeFile(deps))
  app.get('/files/:id/:name', openLink(deps))

  addVectorStoreRoutes(app, deps, [auth, limited])
  addRagRoutes(app, deps, [auth, limited])

  app.get('/tools', auth, limited, listTools(deps))
  app.post('/call_tool', auth, limited, callTool(deps))
  app.get('/api/tools', auth, limited, listTools(deps))
  app.post('/api/tools/:name', auth, limited, callNamedTool(deps))
  app.post('/api/slides', auth, limited, makeSlides(deps))
  app.get('/api/v1/functions', auth, limited, listFunctions(deps))
  app.post('/api/v1/functions/register', auth, limited, registerFunction(deps))
  app.post('/api/v1/functions/:name/execute', auth, limited, executeFunction(deps))
  app.delete('/api/v1/functions/:name', auth, limited, unregisterFunction(deps))

  app.get('/api/usage', auth, limited, ownUsage(deps))
  app.get('/api/admin/usage', auth, limited, admin, allUsage(deps))

  app.get('/', indexPage(deps))
  app.get('/health', health(deps))
  app.get('/version', version(deps))
  app.get('/openapi.json', openApiDocument(deps))
  app.get('/docs', docsPage())
  app.use('/docs/assets', docsAssets())

  app.use(notFound(app))
  app.use(errorHandler(reportTo(deps.logger)))
  return app
}

/** What every request meets first. */
function arrival({ config, logger, open }: Deps): RequestHandler {
  return inOneLayer(
    requestContext(open),
    requestLog(logger, (path) => probes.has(path)),
    securityHeaders({ https: config.publicUrl.startsWith('https:') }),
    corsFor(config.corsOrigins),
  )
}
