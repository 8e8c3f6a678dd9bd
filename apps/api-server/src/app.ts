import type { Express } from 'express'
import {
  corsFor,
  createApp,
  errorHandler,
  notFound,
  refuseWhileDraining,
  reportTo,
  requestContext,
  requestLog,
} from '@tandem/http'
import { authenticate } from './auth/authenticate.ts'
import type { Deps } from './deps.ts'
import { docsAssets, docsPage, openApiDocument } from './routes/docs/docs.ts'
import { alive, health, ready, version } from './routes/health.ts'
import { indexPage } from './routes/index-page.ts'
import { chatCompletions } from './routes/openai/chat-completions.ts'
import { completions } from './routes/openai/completions.ts'
import { embeddings } from './routes/openai/embeddings.ts'
import { getModel, listModels } from './routes/openai/models.ts'

const probes = new Set(['/healthz', '/readyz'])

/** The main API: middlewares, then routes in reading order, then what catches. */
export function createApiApp(deps: Deps): Express {
  const app = createApp()
  app.set('trust proxy', deps.config.trustProxy)
  app.use(requestContext(deps.open))
  app.use(requestLog(deps.logger, (path) => probes.has(path)))
  app.use(corsFor(deps.config.corsOrigins))

  app.get('/healthz', alive())
  app.get('/readyz', ready(deps))
  app.use(refuseWhileDraining(deps.lifecycle))

  const auth = authenticate(deps.checkKey)
  app.post('/v1/chat/completions', auth, chatCompletions(deps))
  app.get('/v1/models', auth, listModels(deps))
  app.get('/v1/models/*id', auth, getModel(deps))
  app.post('/v1/embeddings', auth, embeddings(deps))
  app.post('/v1/completions', auth, completions(deps))

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
