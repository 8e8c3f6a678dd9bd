import type { Express } from 'express'
import {
  createApp,
  errorHandler,
  notFound,
  refuseWhileDraining,
  reportTo,
  requestContext,
  requestLog,
} from '@tandem/http'
import { requireServiceToken } from './auth/service-caller.ts'
import type { Deps } from './deps.ts'
import { callTool } from './routes/call-tool.ts'
import { alive, ready } from './routes/health.ts'
import { listTools } from './routes/list-tools.ts'

const probes = new Set(['/healthz', '/readyz'])

/** The tools server: middlewares, then routes in reading order, then what catches. */
export function createToolsApp(deps: Deps): Express {
  const app = createApp()
  app.use(requestContext(deps.open))
  app.use(requestLog(deps.logger, (path) => probes.has(path)))

  app.get('/healthz', alive())
  app.get('/readyz', ready(deps))

  app.use(requireServiceToken(deps.serviceSecret))
  app.use(refuseWhileDraining(deps.lifecycle))
  app.get('/tools', listTools(deps))
  app.post('/tools/:name', callTool(deps))

  app.use(notFound(app))
  app.use(errorHandler(reportTo(deps.logger)))
  return app
}
